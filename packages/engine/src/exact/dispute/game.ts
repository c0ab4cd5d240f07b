import type { Address, Hex } from '@stoa/protocol'

export { PHASES } from '@stoa/protocol'

/** A game as the contract's events show it (contracts/src/types/Dispute.sol has the meaning of each member). */
export type Game = {
  readonly subject: Hex
  readonly provider: Address
  readonly payee: Address
  readonly challenger: Address
  readonly refund: bigint
  readonly bond: bigint
  readonly phase: number
  readonly since: number
  readonly sellerLeft: number
  readonly challengerLeft: number
  readonly entries: number
  readonly traceTree: Hex
  readonly node: Hex
  readonly index: bigint
  readonly below: number
  readonly row: number
  readonly entry: number
  readonly storedType: number
  readonly rank: number
  readonly dims: Hex
  readonly element: bigint
  readonly folds: Hex
}

/** A run of chunks of a fold, and what the seller says it makes of them. */
export type FoldClaim = {
  readonly fold: number
  readonly first: number
  readonly chunks: number
  readonly before: bigint
  readonly last: bigint
  readonly parts: Hex
}

/** A part of a run of chunks, with its path to the claim's `parts`. */
export type PartProof = {
  readonly claim: bigint
  readonly part: bigint
  readonly before: bigint
  readonly afterwards: bigint
  readonly path: readonly Hex[]
}

/** A leaf and its path to the node in question. */
export type LeafProof = { readonly data: Hex; readonly path: readonly Hex[] }
