import type { SettlementClaim, SettlementResult } from '@stoa/sdk'
import type { ReadPayer } from '../chain/readPayer.ts'
import type { NodeLogger } from '../events.ts'
import { adoptChannel } from '../payments/adoptChannel.ts'
import { type Payments, secondOf } from '../payments/payments.ts'
import { type LaneRecord, laneKey } from '../store/lane.ts'
import type { ClaimedLanes } from './claimedLanes.ts'

export type SettlementContext = {
  payments: Pick<Payments, 'store' | 'book' | 'views' | 'now' | 'terms'>
  /** Sends one batch and waits until it is mined. */
  send: (claims: readonly SettlementClaim[]) => Promise<SettlementResult>
  readPayer: ReadPayer
  claimed: ClaimedLanes
  logger: NodeLogger
}

/** Later than any voucher can be valid: not before the lane is charged again, which brings a new voucher. */
const WITH_NEXT_VOUCHER = 2 ** 40

/**
 * Settles lanes in one transaction, each up to what its last receipt charged and with the voucher of that receipt, and records what the
 * chain confirmed. When it throws nothing is recorded, and sending the same again is safe: amounts are cumulative.
 */
export async function settleBatch(context: SettlementContext, lanes: readonly LaneRecord[]): Promise<SettlementResult> {
  const { payments, claimed } = context
  const claimedAt = secondOf(payments)
  // From here on the vouchers are anybody's to read, whether the transaction is mined or not.
  payments.store.publishVouchers(lanes.map((lane) => lane.voucher.digest))
  claimed.set(lanes)
  try {
    const result = await context.send(lanes.map(claimOf))
    recordResult(context, lanes, result, claimedAt)
    await adoptSilent(context, lanes, result)
    return result
  } finally {
    claimed.set([])
  }
}

function claimOf({ payer, offerId, lane, voucher, charged, calls }: LaneRecord): SettlementClaim {
  const { maxCumulative, validUntil, signature } = voucher
  return { voucher: { payer, offerId, lane, maxCumulative, validUntil }, signature, cumulative: charged, calls }
}

function recordResult(
  { payments, logger }: SettlementContext,
  lanes: readonly LaneRecord[],
  result: SettlementResult,
  claimedAt: number,
): void {
  const { store, book, views } = payments
  const claims = new Map(lanes.map((lane) => [laneKey(lane), lane]))
  const paidWei = result.settled.reduce((sum, { paid }) => sum + paid, 0n)
  const confirmed = result.settled.flatMap((event) => {
    const claim = claims.get(laneKey(lowered(event)))
    return claim ? [{ ...claim, settled: event.settled, cumulative: claim.charged, claimedAt }] : []
  })
  const { hash, gasUsed, blockNumber: block } = result
  store.recordSettlement({ hash, block, gasUsed, confirmedAt: secondOf(payments), lanes: confirmed, paid: paidWei })
  // Balances and debts change together, in this tick: a check in between would count the same money twice.
  for (const lane of confirmed) {
    const now = store.findLane(lane)
    if (now) book.set(now)
    views.forget(lane.payer)
  }
  logger({ event: 'settled', hash, claims: result.settled.length, paidWei, gasUsed })

  const retryAt = claimedAt + payments.terms.intervalSeconds
  store.postpone(
    confirmed.filter((lane) => lane.settled < lane.cumulative),
    retryAt,
  )
  for (const refusal of result.refused) {
    const claim = claims.get(laneKey(lowered(refusal)))
    if (!claim) continue
    // A payer without funds may deposit again; another reason will not go away by itself.
    store.postpone([claim], refusal.reason === 'noFunds' ? retryAt : WITH_NEXT_VOUCHER)
    const { payer, offerId, lane, charged, settled } = claim
    logger({ event: 'claim-refused', payer, offerId, lane, reason: refusal.reason, owedWei: charged - settled })
  }
}

/** Claims that the chain passed over were settled that far already, by a transaction whose end was not seen. */
async function adoptSilent(context: SettlementContext, lanes: readonly LaneRecord[], result: SettlementResult) {
  const told = new Set([...result.settled, ...result.refused].map((event) => laneKey(lowered(event))))
  const silent = lanes.filter((lane) => !told.has(laneKey(lane)))
  await adoptSettled(context, silent)
}

/** Takes over what the chain has settled on these lanes; at the start too, for what was under way when the process ended. */
export async function adoptSettled(
  { payments, readPayer }: Pick<SettlementContext, 'payments' | 'readPayer'>,
  lanes: readonly LaneRecord[],
): Promise<void> {
  for (let at = 0; at < lanes.length; at += LANES_AT_ONCE) {
    const some = lanes.slice(at, at + LANES_AT_ONCE)
    const [first] = some
    if (!first) return
    const { channels } = await readPayer({ payer: first.payer, keys: [], lanes: some })
    for (const channel of channels) {
      adoptChannel(payments, channel)
      payments.views.forget(channel.payer)
    }
  }
}

/** Lanes read with one call. */
const LANES_AT_ONCE = 100

/** Events carry checksummed addresses; the store keeps lower case. */
function lowered<T extends { payer: `0x${string}`; offerId: `0x${string}`; lane: bigint }>(event: T): T {
  return { ...event, payer: event.payer.toLowerCase(), offerId: event.offerId.toLowerCase() }
}
