import type { Address } from '../hex.ts'
import { structHash, typedDigest, typeHash } from './eip712.ts'

/** A payer asks a provider for its lanes (specs/recovery.md); `at`: unix second. */
export type LaneQuery = { payer: Address; provider: Address; at: number }

export const LANE_QUERY_TYPE = 'LaneQuery(address payer,address provider,uint40 at)'
const TYPEHASH = typeHash(LANE_QUERY_TYPE)

/** EIP-712 digest of a question for lanes; `separator` is the escrow's. */
export function laneQueryDigest(separator: Uint8Array, { payer, provider, at }: LaneQuery): Uint8Array {
  return typedDigest(separator, structHash(TYPEHASH, [payer, provider, BigInt(at)]))
}
