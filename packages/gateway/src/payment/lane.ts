import type { Hex, SignedVoucher, UnitBounds } from '@stoa/protocol'

/**
 * A call that was paid for by a voucher and whose outcome is not recorded yet. What is needed to check the receipt stands here, so that
 * the answer can still be judged after a restart.
 */
export type Call = {
  offerId: Hex
  lane: bigint
  voucher: SignedVoucher
  /** The voucher as its HTTP header carries it. */
  header: string
  /** What the lane was charged before this call, in wei. */
  charged: bigint
  requestDigest: Hex
  /** Units by the gateway's own count of the request. */
  units: UnitBounds
  /** Milliseconds since 1970. */
  openedAt: number
}

/**
 * One counter on (payer, offer). `free`: takes the next call. `open`: has a call without a recorded outcome. `retired`: takes no
 * call any more, because what the seller counts on it is not known.
 */
export type Lane = {
  readonly offerId: Hex
  readonly lane: bigint
  /** `chargedCumulative` of the last receipt. */
  charged: bigint
  /** Greatest `maxCumulative` signed. */
  signed: bigint
  /** Unix second after which none of its vouchers can be settled; undefined where that is not known. */
  signedUntil: number | undefined
  status: 'free' | 'open' | 'retired'
  /** Digest of the last receipt. */
  lastReceipt: Hex | undefined
  /** The open call. */
  call: Call | undefined
  /** Whether somebody waits for the open call; otherwise it is in doubt. */
  inFlight: boolean
}
