import type { Hex, MerkleTree, Tensor } from '@stoa/protocol'

/** What a contract is shown to compute a part of a formula, as it takes it (contracts/src/interfaces/IFormulas.sol has the meaning of each member). */
export type Evidence = { readonly tensors: readonly TensorOpening[]; readonly leaves: readonly LeafOpening[] }

export type TensorOpening = {
  readonly kind: number
  readonly index: number
  readonly header: Hex
  readonly dataRoot: Hex
  readonly path: readonly Hex[]
}

export type LeafOpening = {
  readonly tensor: number
  readonly first: number
  readonly data: Hex
  readonly siblings: readonly Hex[]
}

/** What was committed to before: the root over the trace's entries, their number, the digests of the request's tensors. */
export type Claims = { readonly traceTree: Hex; readonly entries: number; readonly request: readonly Hex[] }

/** A tensor that was committed to, with all that opening it takes. */
export type CommittedData = { readonly tensor: Tensor; readonly header: Uint8Array; readonly tree: MerkleTree }

/** Where evidence comes from. */
export type EvidenceSources = {
  /** A tensor of the trace, as the one who committed to it has it. */
  readonly entry: (index: number) => CommittedData
  /** A tensor of the request. */
  readonly input: (index: number) => CommittedData
  /** Bytes of the constant that has a root: `Formulas.constantBytes`. */
  readonly constant: (root: Hex) => Uint8Array
  /** Siblings of an entry's digest in the trace's tree, from the leaf upwards. */
  readonly path: (entry: number) => readonly Uint8Array[]
}
