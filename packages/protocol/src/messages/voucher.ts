import type { Address, Hex } from '../hex.ts'
import { structHash, typedDigest, typeHash } from './eip712.ts'

/**
 * A payer's promise (specs/voucher.md): under `offerId`, on `lane`, it owes at most `maxCumulative` wei in all. Can be settled up
 * to and including unix second `validUntil`.
 */
export type Voucher = { payer: Address; offerId: Hex; lane: bigint; maxCumulative: bigint; validUntil: number }

export const VOUCHER_TYPE = 'Voucher(address payer,bytes32 offerId,uint64 lane,uint96 maxCumulative,uint40 validUntil)'
const TYPEHASH = typeHash(VOUCHER_TYPE)

/** EIP-712 digest of a voucher; `separator` is the escrow's. */
export function voucherDigest(separator: Uint8Array, v: Voucher): Uint8Array {
  const members = [v.payer, v.offerId, v.lane, v.maxCumulative, BigInt(v.validUntil)]
  return typedDigest(separator, structHash(TYPEHASH, members))
}
