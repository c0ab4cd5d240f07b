import type { Address, Hex } from '@stoa/protocol'

/** Names a lane: one counter of one payer under one offer. Addresses and ids in lower case. */
export type LaneId = { payer: Address; offerId: Hex; lane: bigint }

/** A lane as the node keeps it. Amounts in wei, times in unix seconds. */
export type LaneRecord = LaneId & {
  /** The voucher of the last receipt; what the lane settles with. */
  voucher: { maxCumulative: bigint; validUntil: number; signature: Uint8Array; digest: Uint8Array }
  /** Charged in all, by receipts. */
  charged: bigint
  /** Settled in all, as the chain confirmed. */
  settled: bigint
  /** Answers since the last settlement. */
  calls: number
  /** When the oldest answer was given that is not settled; undefined when nothing is owed. */
  unsettledSince: number | undefined
  /** No claim before this second: the chain refused the last one. */
  retryAt: number
}

/** The lane as a key of maps. */
export function laneKey({ payer, offerId, lane }: LaneId): string {
  return `${payer}:${offerId}:${lane}`
}
