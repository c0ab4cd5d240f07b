import type { Address, Hex } from '../hex.ts'
import { bytesToHex, hexToBytes } from '../hex.ts'
import type { Voucher } from '../messages/voucher.ts'
import { fromBase64Url, type Layout, MalformedMessageError, pack, toBase64Url, unpack } from './bytes.ts'

/** HTTP header that carries a signed voucher. */
export const VOUCHER_HEADER = 'stoa-voucher'

/** A voucher with the domain it was signed under, so that a wrong chain can be told from a wrong key. 64-byte EIP-2098 signature. */
export type SignedVoucher = Voucher & { chainId: number; escrow: Address; signature: Uint8Array }

const LAYOUT: Layout = [
  ['version', 'uint', 1],
  ['chainId', 'uint', 6],
  ['escrow', 'hex', 20],
  ['payer', 'hex', 20],
  ['offerId', 'hex', 32],
  ['lane', 'uint', 8],
  ['maxCumulative', 'uint', 12],
  ['validUntil', 'uint', 5],
  ['signature', 'hex', 64],
]

/** The voucher as the value of its header: base64url of 168 fixed-width bytes (specs/node-http.md). */
export function encodeVoucherHeader(voucher: SignedVoucher): string {
  return toBase64Url(pack('voucher', LAYOUT, { ...voucher, version: 1n, signature: bytesToHex(voucher.signature) }))
}

/** Throws `MalformedMessageError` for anything but a voucher of version 1. Checks no signature. */
export function decodeVoucherHeader(text: string): SignedVoucher {
  const v = unpack('voucher', LAYOUT, fromBase64Url('voucher', text))
  if (v.version !== 1n) throw new MalformedMessageError('voucher', `version ${v.version}, 1 is needed`)
  return {
    chainId: Number(v.chainId),
    escrow: v.escrow as Address,
    payer: v.payer as Address,
    offerId: v.offerId as Hex,
    lane: BigInt(v.lane ?? 0),
    maxCumulative: BigInt(v.maxCumulative ?? 0),
    validUntil: Number(v.validUntil),
    signature: hexToBytes(v.signature as Hex, 64),
  }
}
