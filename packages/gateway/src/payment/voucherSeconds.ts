/** How far apart the clocks of a gateway and of a seller may be, in seconds: each an hour wrong, in opposite ways, and a minute on the way. */
export const CLOCKS_APART = 2 * 3_600 + 60

/**
 * Seconds that a voucher is signed for: as long as the escrow's terms let sellers accept (`maxVoucherValidity`), less what clocks may be apart, or half of it where
 * that is too short for that; or `wanted`, where that is less. A seller whose clock is behind would refuse one that ends later as too long, and a wrong clock
 * would buy nothing at all.
 */
export function voucherSeconds(maxVoucherValidity: number, wanted = Number.POSITIVE_INFINITY): number {
  return Math.min(wanted, maxVoucherValidity - Math.min(CLOCKS_APART, Math.floor(maxVoucherValidity / 2)))
}
