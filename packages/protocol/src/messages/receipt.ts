import type { Address, Hex } from '../hex.ts'
import { structHash, typedDigest, typeHash } from './eip712.ts'

/** Layout of the receipts that this code writes and reads. */
export const RECEIPT_VERSION = 1

/**
 * The seller's signature under one answer (specs/receipt.md). Amounts in wei of the escrow's token, times in unix seconds.
 * `chargedCumulative` is what the lane was charged in all, this call included; `voucherCumulative` names the voucher that paid.
 */
export type Receipt = {
  version: number
  offerId: Hex
  payer: Address
  lane: bigint
  voucherCumulative: bigint
  weightsDigest: Hex
  requestDigest: Hex
  responseDigest: Hex
  units: bigint
  charge: bigint
  chargedCumulative: bigint
  requestedAt: number
  answeredAt: number
}

export const RECEIPT_TYPE =
  'Receipt(uint8 version,bytes32 offerId,address payer,uint64 lane,uint96 voucherCumulative,bytes32 weightsDigest,' +
  'bytes32 requestDigest,bytes32 responseDigest,uint64 units,uint96 charge,uint96 chargedCumulative,uint40 requestedAt,' +
  'uint40 answeredAt)'
const TYPEHASH = typeHash(RECEIPT_TYPE)

/** EIP-712 digest of a receipt; `separator` is the ProviderRegistry's. */
export function receiptDigest(separator: Uint8Array, r: Receipt): Uint8Array {
  const members = [
    BigInt(r.version),
    r.offerId,
    r.payer,
    r.lane,
    r.voucherCumulative,
    r.weightsDigest,
    r.requestDigest,
    r.responseDigest,
    r.units,
    r.charge,
    r.chargedCumulative,
    BigInt(r.requestedAt),
    BigInt(r.answeredAt),
  ]
  return typedDigest(separator, structHash(TYPEHASH, members))
}
