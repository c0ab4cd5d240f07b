import { type Address, domainSeparator, encodeVoucherHeader, type Hex, voucherDigest } from '@stoa/protocol'
import { loadSecp256k1 } from '@stoa/protocol/secp256k1'

/** Whose vouchers, under which offer, signed with which key. */
export type VoucherTerms = { payer: Address; offerId: Hex; chainId: number; escrow: Address; sessionKey: Uint8Array }

/** The header for the next call on a lane, which may cost `ceiling` wei more than all before it there. */
export type VoucherWriter = (ceiling: bigint, lane: bigint) => string

/** Signs as a gateway does. */
export async function voucherWriter({
  payer,
  offerId,
  chainId,
  escrow,
  sessionKey,
}: VoucherTerms): Promise<VoucherWriter> {
  const secp256k1 = await loadSecp256k1()
  const separator = domainSeparator({ chainId, verifyingContract: escrow })
  const reached = new Map<bigint, bigint>()
  return (ceiling, lane) => {
    const maxCumulative = (reached.get(lane) ?? 0n) + ceiling
    reached.set(lane, maxCumulative)
    const validUntil = Math.floor(Date.now() / 1000) + 43_200
    const voucher = { payer, offerId, lane, maxCumulative, validUntil }
    const signature = secp256k1.sign(voucherDigest(separator, voucher), sessionKey)
    return encodeVoucherHeader({ ...voucher, chainId, escrow, signature })
  }
}
