import { type Axes, type Computation, operand } from './compute/computation.ts'
import { openComputation, stateOf } from './compute/openComputation.ts'
import { coordinatesOf, storedOrder, within } from './compute/places.ts'
import { InvalidFormulaError } from './errors.ts'
import { type Expression, type Fold, isElementwise } from './expression/schema.ts'
import { foldsOf } from './foldsOf.ts'
import type { ChunkPlace, Formula, Reader } from './types.ts'

/** The state of an element's fold after one of its chunks, from the state before it. */
export function chunkState(formula: Formula, place: ChunkPlace, reader: Reader): bigint {
  const { element, dims, fold, index, before } = place
  const found = foldsOf(formula, reader)[fold]
  if (!found || index < 0 || index >= found.chunks)
    throw new InvalidFormulaError(`there is no chunk ${index} of a fold ${fold}`)
  const { node, chunk, terms } = found
  const of = openComputation(reader)
  const at = placeOf(node, formula.expression, coordinatesOf(dims, element, storedOrder(dims.length)), of)
  if (!at) throw new InvalidFormulaError(`the fold ${fold} has no one place for an element`)
  const [from, to] = [index * chunk, Math.min((index + 1) * chunk, terms)]
  return stateOf(node, at, of, { from, to, before: index === 0 ? undefined : before })
}

/** Coordinates at which an element takes a fold: only elementwise operators stand above one that has several chunks. */
function placeOf(fold: Fold, node: Expression, at: Axes, of: Computation): Axes | undefined {
  if (node === fold) return at
  if (!isElementwise(node)) return undefined
  for (const i of node.args.keys()) {
    const own = operand(node, i)
    const found = placeOf(fold, own, within(of.shape(own), at), of)
    if (found) return found
  }
  return undefined
}
