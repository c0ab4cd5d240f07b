import type { StoredType } from '../profile/facts.ts'
import type { Expression, ExpressionOf } from './expression/schema.ts'

/** What an element of an entry is, as specs/formulas.md writes it. */
export type Formula = {
  readonly stored: StoredType
  readonly expression: Expression
  readonly bytes: Uint8Array
  /** Offset in `bytes` of each node's code. */
  readonly places: ReadonlyMap<Expression, number>
}

/** A tensor that formulas read: an entry of the trace, an input of the request, a constant of the model. */
export type Source = ExpressionOf<'entry'> | ExpressionOf<'input'> | ExpressionOf<'constant'>

/** Where the elements come from on which a formula is computed. Each call is a piece of evidence that a contract needs for the same. */
export type Reader = {
  /** Lengths in the header of an entry (rank 4: axes 0, 2, 3, 1 of the graph) or an input. Not asked for constants, which state theirs. */
  readonly dims: (source: ExpressionOf<'entry'> | ExpressionOf<'input'>) => readonly number[]
  /** An element, counted as stored; of a constant its m. */
  readonly read: (source: Source, index: number) => bigint
}

/** One element of an entry. */
export type ElementPlace = {
  /** Counted as stored. */
  readonly element: number
  /** Lengths of the entry, in the order of the graph: `shapeOf` gives them. */
  readonly dims: readonly number[]
}

/** How a fold's terms are cut. */
export type FoldSize = { readonly terms: number; readonly chunk: number; readonly chunks: number }

/** One chunk of a fold: which fold in the order of the formula, which chunk, and the state after the chunk before it (nothing for the first). */
export type ChunkPlace = ElementPlace & {
  readonly fold: number
  readonly index: number
  readonly before: bigint | undefined
}
