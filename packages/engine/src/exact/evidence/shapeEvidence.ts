import { type FoldSize, type Formula, foldsOf, shapeOf } from '../formula/index.ts'
import { type Gathered, gatherEvidence } from './gatherEvidence.ts'
import type { EvidenceSources } from './types.ts'

/** Type and lengths that an entry must have, and the evidence for them. */
export const shapeEvidence = (formula: Formula, sources: EvidenceSources): Gathered<ReturnType<typeof shapeOf>> =>
  gatherEvidence(formula, sources, (reader) => shapeOf(formula, reader))

/** How an element's folds are cut, in the order of the formula, and the evidence for it. */
export const foldsEvidence = (formula: Formula, sources: EvidenceSources): Gathered<FoldSize[]> =>
  gatherEvidence(formula, sources, (reader) => foldsOf(formula, reader))
