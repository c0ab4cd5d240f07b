import type { Address, Hex } from '../hex.ts'
import { bytesToHex, hexToBytes } from '../hex.ts'
import { RECEIPT_VERSION, type Receipt } from '../messages/receipt.ts'
import { fromBase64Url, type Layout, MalformedMessageError, pack, toBase64Url, unpack } from './bytes.ts'

/** HTTP header that carries a signed receipt. */
export const RECEIPT_HEADER = 'stoa-receipt'

/** 64-byte EIP-2098 signature by a key that the provider registered. */
export type SignedReceipt = Receipt & { signature: Uint8Array }

/** Bytes of a packed receipt. */
export const RECEIPT_BYTES = 275

const LAYOUT: Layout = [
  ['version', 'uint', 1],
  ['offerId', 'hex', 32],
  ['payer', 'hex', 20],
  ['lane', 'uint', 8],
  ['voucherCumulative', 'uint', 12],
  ['weightsDigest', 'hex', 32],
  ['requestDigest', 'hex', 32],
  ['responseDigest', 'hex', 32],
  ['units', 'uint', 8],
  ['charge', 'uint', 12],
  ['chargedCumulative', 'uint', 12],
  ['requestedAt', 'uint', 5],
  ['answeredAt', 'uint', 5],
  ['signature', 'hex', 64],
]

/** The receipt as fixed-width bytes: what stores keep and `encodeReceiptHeader` carries. */
export function packReceipt(receipt: SignedReceipt): Uint8Array {
  return pack('receipt', LAYOUT, { ...receipt, signature: bytesToHex(receipt.signature) })
}

/** Throws `MalformedMessageError` for another length or version. Checks no signature. */
export function unpackReceipt(bytes: Uint8Array): SignedReceipt {
  const r = unpack('receipt', LAYOUT, bytes)
  if (r.version !== BigInt(RECEIPT_VERSION)) throw new MalformedMessageError('receipt', `version ${r.version}`)
  return {
    version: Number(r.version),
    offerId: r.offerId as Hex,
    payer: r.payer as Address,
    lane: BigInt(r.lane ?? 0),
    voucherCumulative: BigInt(r.voucherCumulative ?? 0),
    weightsDigest: r.weightsDigest as Hex,
    requestDigest: r.requestDigest as Hex,
    responseDigest: r.responseDigest as Hex,
    units: BigInt(r.units ?? 0),
    charge: BigInt(r.charge ?? 0),
    chargedCumulative: BigInt(r.chargedCumulative ?? 0),
    requestedAt: Number(r.requestedAt),
    answeredAt: Number(r.answeredAt),
    signature: hexToBytes(r.signature as Hex, 64),
  }
}

export function encodeReceiptHeader(receipt: SignedReceipt): string {
  return toBase64Url(packReceipt(receipt))
}

export function decodeReceiptHeader(text: string): SignedReceipt {
  return unpackReceipt(fromBase64Url('receipt', text))
}
