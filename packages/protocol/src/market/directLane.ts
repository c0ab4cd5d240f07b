import type { Hex } from '../hex.ts'

/**
 * Lanes from here on, those with the top bit set, name direct payments in receipts and carry no vouchers (specs/x402.md): sellers refuse
 * vouchers on them, buyers sign none.
 */
export const FIRST_DIRECT_LANE = 1n << 63n

/** The lane in the receipt of a direct payment: the top bit, and the last 63 bits of the authorization's nonce (32 bytes). */
export function directLaneOf(nonce: Hex): bigint {
  return FIRST_DIRECT_LANE | BigInt.asUintN(63, BigInt(nonce))
}

/** Whether a lane is one of direct payments. */
export function isDirectLane(lane: bigint): boolean {
  return lane >= FIRST_DIRECT_LANE
}
