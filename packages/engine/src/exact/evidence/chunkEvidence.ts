import { type ChunkPlace, chunkState, type Formula, foldsOf, shapeOf } from '../formula/index.ts'
import { type Gathered, gatherEvidence } from './gatherEvidence.ts'
import type { EvidenceSources } from './types.ts'

/** The state of a fold after one of its chunks, and the evidence for it. */
export const chunkEvidence = (formula: Formula, place: ChunkPlace, sources: EvidenceSources): Gathered<bigint> =>
  gatherEvidence(formula, sources, (reader) => {
    // As in `elementEvidence`.
    const node = foldsOf(formula, reader)[place.fold]?.node
    if (node) shapeOf({ ...formula, expression: node }, reader)
    return chunkState(formula, place, reader)
  })
