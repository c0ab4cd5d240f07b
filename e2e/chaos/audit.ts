import type { Ledger } from './ledger.ts'
import type { BuyerBooks, SellerBooks } from './stores.ts'

/** A call as its caller saw it. */
export type ClientCall = {
  call: number
  /** Digest of the request, another for each call. */
  request: string
} & (
  | { outcome: 'answered'; right: boolean; receipt: string; charge: bigint }
  /** The gateway said why not. */
  | { outcome: 'failed'; code: string }
  /** The line broke. */
  | { outcome: 'lost' }
)

export type Books = {
  ledger: Ledger
  sellers: readonly SellerBooks[]
  buyers: readonly BuyerBooks[]
  calls: readonly ClientCall[]
}

export type Audit = {
  /** What does not add up, a sentence each. */
  faults: readonly string[]
  figures: {
    calls: number
    answered: number
    failed: Readonly<Record<string, number>>
    lost: number
    /** Calls that were charged, and whose caller has no answer; wei in all. */
    chargedUnanswered: number
    chargedUnansweredWei: bigint
    /** Calls that two sellers charged. */
    chargedTwice: number
    retiredLanes: number
    lanes: number
    settledWei: bigint
  }
}

/** Refusals that say that nothing was charged (specs/gateway-http.md, "Errors"). */
const FREE = [
  ...['no_provider', 'chain_unavailable', 'gateway_closed', 'over_exposure', 'overloaded', 'insufficient_deposit'],
  ...['key_not_registered', 'price_too_high', 'model_not_found', 'no_offer_left', 'bad_request', 'invalid_tensor'],
]
/** Vouchers without an answer that a call may cost (specs/gateway-http.md, "Rules"). */
const MOST_CHARGES = 2

/** Holds the books of everybody against each other. */
export function audit({ ledger, sellers, buyers, calls }: Books): Audit {
  const faults: string[] = []
  const must = (holds: boolean, fault: string) => void (holds || faults.push(fault))
  const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((a, b) => a + b, 0n)

  // The chain: what came in is there, or was earned.
  const paid = sum([...ledger.lanes.values()].map((lane) => lane.paid))
  const left = sum(ledger.balances.values())
  const earned = sum(ledger.revenue.values())
  must(ledger.deposited === left + paid, `${ledger.deposited} deposited, ${left} left and ${paid} paid`)
  must(earned === paid, `${paid} paid, and offers earned ${earned}`)
  must(ledger.owes === left + earned, `the escrow owes ${ledger.owes}, payers and offers have ${left + earned}`)
  must(ledger.holds === ledger.owes, `the escrow holds ${ledger.holds} and owes ${ledger.owes}`)
  for (const [name, lane] of ledger.lanes)
    must(lane.paid === lane.settled, `lane ${name} paid ${lane.paid} and is settled to ${lane.settled}`)
  for (const refused of ledger.refused) must(false, `the chain refused the claim ${refused}`)

  // Each seller: it charged what its receipts say, and the chain paid all of it.
  const charges = sellers.flatMap((seller) => seller.charges)
  const chargedOn = new Map<string, bigint>()
  for (const { lane, charge } of charges) chargedOn.set(lane, (chargedOn.get(lane) ?? 0n) + charge)
  const sellerLanes = new Map(sellers.flatMap(({ lanes }) => [...lanes]))
  for (const [name, { charged, settled, owes }] of sellerLanes) {
    const onChain = ledger.lanes.get(name)?.settled ?? 0n
    must(
      charged === (chargedOn.get(name) ?? 0n),
      `lane ${name} is charged ${charged}, its receipts ${chargedOn.get(name)}`,
    )
    must(onChain === charged, `lane ${name} is charged ${charged}, and the chain has settled ${onChain}`)
    must(settled === onChain && !owes, `lane ${name} is settled to ${onChain}, and its seller believes ${settled}`)
  }
  for (const name of ledger.lanes.keys()) must(sellerLanes.has(name), `lane ${name} was settled and nobody sold on it`)

  // Each buyer: no lane is stuck, none paid more than was signed, and a free one exactly what its receipts say.
  const buyerLanes = new Map(buyers.flatMap(({ lanes }) => [...lanes]))
  for (const [name, { status, charged, signed }] of buyerLanes) {
    const onChain = ledger.lanes.get(name)?.settled ?? 0n
    must(status !== 'open', `lane ${name} is stuck with a call without an outcome`)
    must(onChain <= signed, `lane ${name} signed ${signed} and paid ${onChain}`)
    if (status === 'free')
      must(onChain === charged, `free lane ${name} has receipts for ${charged} and paid ${onChain}`)
  }
  for (const name of ledger.lanes.keys()) must(buyerLanes.has(name), `lane ${name} was settled and nobody bought on it`)
  for (const reason of buyers.flatMap(({ evidence }) => evidence))
    must(false, `an honest seller was doubted: ${reason}`)

  // Each call: one receipt for one answer, no seller paid twice for it, no more than the ceilings lost.
  const byRequest = Map.groupBy(charges, ({ request }) => request)
  const known = new Map(buyers.flatMap(({ receipts }) => [...receipts]))
  const seen = new Set<string>()
  let chargedUnanswered = 0
  let chargedUnansweredWei = 0n
  let chargedTwice = 0
  for (const call of calls) {
    const of = byRequest.get(call.request) ?? []
    byRequest.delete(call.request)
    const name = `call ${call.call} (${call.outcome}${call.outcome === 'failed' ? ` ${call.code}` : ''})`
    must(new Set(of.map(({ seller }) => seller)).size === of.length, `${name} was charged twice by one seller`)
    must(of.length <= MOST_CHARGES, `${name} was charged ${of.length} times`)
    if (of.length > 1) chargedTwice++
    if (call.outcome === 'answered') {
      const receipt = known.get(call.receipt)
      must(call.right, `${name} has a wrong answer`)
      must(!seen.has(call.receipt), `${name} has the receipt of another call`)
      seen.add(call.receipt)
      must(
        receipt?.request === call.request,
        `${name} has a receipt that its gateway does not know, or for another request`,
      )
      must(receipt?.charge === call.charge, `${name} cost ${call.charge}, its receipt says ${receipt?.charge}`)
      must(
        of.some(({ lane }) => lane === receipt?.lane),
        `${name} was answered, and its seller has no charge for it`,
      )
    } else if (of.length > 0) {
      chargedUnanswered++
      chargedUnansweredWei += sum(of.map(({ charge }) => charge))
      must(call.outcome === 'lost' || !FREE.includes(call.code), `${name} was told that nothing was charged`)
    }
  }
  for (const request of byRequest.keys()) must(false, `the request ${request} was charged and nobody made it`)

  const failed: Record<string, number> = {}
  for (const call of calls) if (call.outcome === 'failed') failed[call.code] = (failed[call.code] ?? 0) + 1
  const count = (outcome: string) => calls.filter((call) => call.outcome === outcome).length
  return {
    faults,
    figures: {
      ...{ calls: calls.length, answered: count('answered'), failed, lost: count('lost') },
      ...{ chargedUnanswered, chargedUnansweredWei, chargedTwice, settledWei: paid },
      retiredLanes: [...buyerLanes.values()].filter(({ status }) => status === 'retired').length,
      lanes: buyerLanes.size,
    },
  }
}
