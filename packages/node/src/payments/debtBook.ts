import type { Address, Hex } from '@stoa/protocol'
import { type LaneId, laneKey } from '../store/lane.ts'

/** What a lane owes: charged by receipts and not settled, and reserved by the call in flight. Wei. */
export type LaneDebt = LaneId & { charged: bigint; settled: bigint; reserved: bigint | undefined }

/** Wei kept for one lane alone. */
export type LaneCover = LaneId & { amount: bigint }

/**
 * What is owed to this node and not settled, calls in flight included, in memory.
 *
 * Invariants: a lane is here exactly while it owes something or has a call in flight; the totals are the sums of their lanes. So
 * memory grows with what is owed, which deposits and exposures bound, and not with all lanes ever seen.
 */
export type DebtBook = {
  /** The lane's call in flight or debt, if there is one. */
  find(id: LaneId): Readonly<LaneDebt> | undefined
  /** Puts a lane where the store has it. Keeps its reservation. */
  set(lane: LaneId & { charged: bigint; settled: bigint }): void
  /** Reserves `charge` for a call; the lane must have none in flight. */
  reserve(lane: LaneId & { charged: bigint; settled: bigint }, charge: bigint): void
  /** Ends the call in flight; nothing is charged by this. */
  release(id: LaneId): void
  /** Owed by everybody, calls in flight included. */
  total(): bigint
  /** Owed in all, less what locks cover, if `more` were charged on `id`; of one payer, in all and under `id`'s offer. */
  exposureWith(id: LaneId, more: bigint, locks: readonly LaneCover[]): { payer: bigint; offer: bigint }
}

export function createDebtBook(): DebtBook {
  const lanes = new Map<string, LaneDebt>()
  const totals = new Map<string, bigint>()
  let total = 0n

  const addTo = (key: string, delta: bigint) => {
    const total = (totals.get(key) ?? 0n) + delta
    if (total === 0n) totals.delete(key)
    else totals.set(key, total)
  }
  /** Replaces a lane, or removes it when it owes nothing and has no call in flight. */
  const put = (next: LaneDebt) => {
    const key = laneKey(next)
    const delta = owedBy(next) - owedBy(lanes.get(key))
    total += delta
    addTo(next.payer, delta)
    addTo(offerKey(next.payer, next.offerId), delta)
    if (next.reserved === undefined && owedBy(next) === 0n) lanes.delete(key)
    else lanes.set(key, next)
  }

  return {
    find: (id) => lanes.get(laneKey(id)),
    set: ({ payer, offerId, lane, charged, settled }) =>
      put({ payer, offerId, lane, charged, settled, reserved: lanes.get(laneKey({ payer, offerId, lane }))?.reserved }),
    reserve: ({ payer, offerId, lane, charged, settled }, charge) =>
      put({ payer, offerId, lane, charged, settled, reserved: charge }),
    release(id) {
      const lane = lanes.get(laneKey(id))
      if (lane) put({ ...lane, reserved: undefined })
    },
    total: () => total,
    exposureWith(id, more, locks) {
      let payer = (totals.get(id.payer) ?? 0n) + more
      let offer = (totals.get(offerKey(id.payer, id.offerId)) ?? 0n) + more
      const here = laneKey(id)
      for (const lock of locks) {
        const key = laneKey(lock)
        const owed = owedBy(lanes.get(key)) + (key === here ? more : 0n)
        const covered = owed < lock.amount ? owed : lock.amount
        payer -= covered
        if (lock.offerId === id.offerId) offer -= covered
      }
      return { payer, offer }
    },
  }
}

function owedBy(lane: LaneDebt | undefined): bigint {
  if (!lane) return 0n
  const unsettled = lane.charged > lane.settled ? lane.charged - lane.settled : 0n
  return unsettled + (lane.reserved ?? 0n)
}

function offerKey(payer: Address, offerId: Hex): string {
  return `${payer}:${offerId}`
}
