import type { Hex } from '@stoa/protocol'

/** One counter under an offer (specs/voucher.md). Wei: charged by the last receipt, and signed at most. */
export type Lane = { readonly offerId: Hex; readonly number: bigint; charged: bigint; signed: bigint }

/** The lanes of one client: their upper halves are random, so that clients on one account don't meet. */
export function createLanes() {
  const [upper = 0] = crypto.getRandomValues(new Uint32Array(1))
  // 31 bits: lanes with the top bit set are those of direct payments.
  const first = BigInt(upper >>> 1) << 32n
  const free = new Map<Hex, Lane[]>()
  let made = 0n
  return {
    /** Takes a lane and raises what is signed on it by enough for a call of at most `ceiling` wei. */
    take(offerId: Hex, ceiling: bigint): Lane {
      const lane = free.get(offerId)?.pop() ?? { offerId, number: first + made++, charged: 0n, signed: 0n }
      const reach = lane.charged + ceiling
      lane.signed = reach > lane.signed ? reach : lane.signed + 1n
      return lane
    },
    /** The call on it was charged: the lane is free again. False, and it stays taken, for what no honest seller charges. */
    settle(lane: Lane, chargedCumulative: bigint): boolean {
      if (chargedCumulative < lane.charged || chargedCumulative > lane.signed) return false
      lane.charged = chargedCumulative
      free.set(lane.offerId, [...(free.get(lane.offerId) ?? []), lane])
      return true
    },
  }
}
