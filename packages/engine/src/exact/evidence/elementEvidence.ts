import { type ElementPlace, elementOf, type Formula, foldsOf, shapeOf } from '../formula/index.ts'
import { type Gathered, gatherEvidence } from './gatherEvidence.ts'
import type { EvidenceSources } from './types.ts'

/**
 * An element of an entry, and the evidence for it.
 *
 * @param folded last states of the folds that have several chunks, in order.
 */
export const elementEvidence = (
  formula: Formula,
  place: ElementPlace,
  folded: readonly bigint[],
  sources: EvidenceSources,
): Gathered<bigint> =>
  gatherEvidence(formula, sources, (reader) => {
    // A contract looks at the shapes of a fold's operands even where none of its terms meets an element.
    for (const { node, chunks } of foldsOf(formula, reader))
      if (chunks === 1) shapeOf({ ...formula, expression: node }, reader)
    return elementOf(formula, place, reader, folded)
  })
