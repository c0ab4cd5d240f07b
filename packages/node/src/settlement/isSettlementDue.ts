import type { Hex } from '@stoa/protocol'
import type { LaneRecord } from '../store/lane.ts'

export type SettlementRule = {
  /** Wei owed in all from which it is worth a transaction. */
  thresholdWei: bigint
  /** What is served is settled within this time. */
  intervalSeconds: number
  /** Exposure of an offer, in wei: at half of it a payer is settled, so that it is not refused for want of a settlement. */
  exposureOf: (offerId: Hex) => bigint
}

/**
 * Whether lanes that can be claimed at `now` (unix second) should be. Half of the interval is kept for attempts that fail.
 */
export function isSettlementDue(lanes: readonly LaneRecord[], now: number, rule: SettlementRule): boolean {
  const owed = new Map<string, bigint>()
  let total = 0n
  for (const { payer, offerId, charged, settled, unsettledSince = now } of lanes) {
    if (unsettledSince + rule.intervalSeconds / 2 <= now) return true
    const account = `${payer}:${offerId}`
    const sum = (owed.get(account) ?? 0n) + charged - settled
    if (2n * sum >= rule.exposureOf(offerId)) return true
    owed.set(account, sum)
    total += charged - settled
  }
  return total > 0n && total >= rule.thresholdWei
}
