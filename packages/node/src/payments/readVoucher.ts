import { decodeVoucherHeader, isDirectLane, type SignedVoucher, voucherDigest } from '@stoa/protocol'
import { LaneReservedError, UnknownOfferError, VoucherMissingError, WrongChainError } from './errors.ts'
import type { Payments, ServedOffer } from './payments.ts'

/** A voucher under an offer of this node, with its EIP-712 digest. Signature, time and funds are not checked yet. */
export type ReadVoucher = { voucher: SignedVoucher; digest: Uint8Array; served: ServedOffer }

/** Reads the header. Throws VOUCHER_MISSING, MALFORMED_MESSAGE, WRONG_CHAIN, LANE_RESERVED, UNKNOWN_OFFER. */
export function readVoucher(payments: Payments, header: string | undefined): ReadVoucher {
  if (header === undefined) throw new VoucherMissingError()
  const voucher = decodeVoucherHeader(header)
  const { chainId, escrow } = payments
  if (voucher.chainId !== chainId || voucher.escrow !== escrow) throw new WrongChainError(voucher, { chainId, escrow })
  // Receipts of direct payments name these lanes: were one ever settled, they would prove an overcharge (specs/x402.md).
  if (isDirectLane(voucher.lane)) throw new LaneReservedError(voucher.lane)
  const served = payments.offers.get(voucher.offerId)
  if (!served) throw new UnknownOfferError(voucher.offerId)
  return { voucher, digest: voucherDigest(payments.voucherDomain, voucher), served }
}
