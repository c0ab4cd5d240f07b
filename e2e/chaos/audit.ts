import type { DirectCall } from './directBuyer.ts'
import type { Ledger } from './ledger.ts'
import type { BuyerBooks, SellerBooks } from './stores.ts'
import type { Transfers } from './transfers.ts'

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
  /** Calls paid by signed transfer, and what their buyer had and has. */
  direct: { payer: string; dollars: bigint; calls: readonly DirectCall[]; transfers: Transfers }
  /** What the escrow paid to the account's owner at the end, and whether it would have before its delay. */
  left: { paid: bigint; paidEarly: boolean }
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
    withdrawnWei: bigint
    /** Calls paid by signed transfer: answered, refused, and wei in all. */
    direct: { answered: number; refused: number; paidWei: bigint }
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
export function audit(books: Books): Audit {
  const { ledger, sellers, buyers, calls, direct, left: withdrawal } = books
  const faults: string[] = []
  const must = (holds: boolean, fault: string) => void (holds || faults.push(fault))
  const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((a, b) => a + b, 0n)

  // The chain: what came in is there, or was earned.
  const paid = sum([...ledger.lanes.values()].map((lane) => lane.paid))
  const left = sum(ledger.balances.values())
  const earned = sum(ledger.revenue.values())
  const { withdrawn, paidDirectly } = ledger
  must(
    ledger.deposited === left + paid + withdrawn,
    `${ledger.deposited} deposited, ${left} left, ${paid} paid and ${withdrawn} withdrawn`,
  )
  must(earned === paid + paidDirectly, `${paid} and ${paidDirectly} paid, and offers earned ${earned}`)
  must(withdrawal.paid === withdrawn && left === 0n, `${withdrawn} withdrawn, ${withdrawal.paid} told, ${left} left`)
  must(!withdrawal.paidEarly, 'a withdrawal was paid before its delay')
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

  const answeredDirectly = auditDirect(books, must)

  const failed: Record<string, number> = {}
  for (const call of calls) if (call.outcome === 'failed') failed[call.code] = (failed[call.code] ?? 0) + 1
  const count = (outcome: string) => calls.filter((call) => call.outcome === outcome).length
  return {
    faults,
    figures: {
      ...{ calls: calls.length, answered: count('answered'), failed, lost: count('lost') },
      ...{ chargedUnanswered, chargedUnansweredWei, chargedTwice, settledWei: paid, withdrawnWei: withdrawn },
      direct: {
        ...{ answered: answeredDirectly, refused: direct.calls.length - answeredDirectly, paidWei: paidDirectly },
      },
      retiredLanes: [...buyerLanes.values()].filter(({ status }) => status === 'retired').length,
      lanes: buyerLanes.size,
    },
  }
}

/** Signed transfers: who was answered has paid, once and exactly; who was not has paid nothing. How many were answered. */
function auditDirect({ ledger, sellers, direct }: Books, must: (holds: boolean, fault: string) => void): number {
  const payer = direct.payer.toLowerCase()
  const transfers = Map.groupBy(
    sellers.flatMap((seller) => seller.transfers),
    ({ nonce }) => nonce,
  )
  let [answered, paid] = [0, 0n]
  for (const { request, nonce, amount, outcome, right, why } of direct.calls) {
    const [sale, ...more] = transfers.get(nonce) ?? []
    transfers.delete(nonce)
    const name = `transfer ${nonce} (${outcome}${why ? `: ${why}` : ''})`
    const moved = direct.transfers.moved.has(`${payer}:${nonce}`)
    must(outcome !== 'open', `${name} has no outcome`)
    must(more.length === 0, `${name} was taken by several sellers`)
    must(moved === (outcome === 'answered'), `${name} ${moved ? 'moved the money' : 'moved no money'}`)
    if (outcome !== 'answered') continue
    answered++
    paid += amount
    must(right, `${name} has a wrong answer, receipt or price`)
    must(
      sale?.settled === true && sale.request === request && sale.amount === amount && sale.payer === payer,
      `${name} is not in its seller's books as it was sold`,
    )
  }
  for (const nonce of transfers.keys()) must(false, `the transfer ${nonce} was taken and nobody made it`)
  must(ledger.paidDirectly === paid, `answers cost ${paid} by transfer, and offers have ${ledger.paidDirectly} of it`)
  must(direct.transfers.unswept === 0n, `${direct.transfers.unswept} wei lie in offers' accounts`)
  const { left } = direct.transfers
  must(left === direct.dollars - paid, `${direct.dollars} less ${paid} is not ${left}`)
  return answered
}
