import type { StoredType } from '../profile/facts.ts'
import { openComputation } from './compute/openComputation.ts'
import type { Formula, Reader } from './types.ts'

/** Type and lengths, in the order of the graph, that the entry of a formula has. */
export const shapeOf = (
  { stored, expression }: Formula,
  reader: Reader,
): { stored: StoredType; dims: readonly number[] } => ({
  stored,
  dims: openComputation(reader).shape(expression),
})
