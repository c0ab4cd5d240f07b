import type { Address } from '@stoa/protocol'
import type { LaneId } from '../store/lane.ts'

/** Lanes whose claims are on their way to the chain. */
export type ClaimedLanes = {
  /** Those of one payer. */
  of(payer: Address): readonly LaneId[]
  /** Replaces them; none when nothing is under way. */
  set(lanes: readonly LaneId[]): void
}

export function createClaimedLanes(): ClaimedLanes {
  let claimed: readonly LaneId[] = []
  return {
    of: (payer) => claimed.filter((lane) => lane.payer === payer),
    set(lanes) {
      claimed = lanes
    },
  }
}
