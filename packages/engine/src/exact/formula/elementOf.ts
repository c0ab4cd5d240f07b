import { integerOf } from './compute/computation.ts'
import { openComputation } from './compute/openComputation.ts'
import { coordinatesOf, storedOrder } from './compute/places.ts'
import { InvalidFormulaError } from './errors.ts'
import { foldsOf } from './foldsOf.ts'
import type { ElementPlace, Formula, Reader } from './types.ts'

/**
 * One element of an entry, computed as specs/formulas.md says and not as an executor does.
 *
 * @param folded Last states of the folds that have several chunks, in order; without it they are computed, and their terms read.
 * @throws InvalidFormulaError where formula and tensors do not go together.
 */
export function elementOf(
  formula: Formula,
  { element, dims }: ElementPlace,
  reader: Reader,
  folded?: readonly bigint[],
): bigint {
  const given = folded && givenStates(formula, reader, folded)
  const at = coordinatesOf(dims, element, storedOrder(dims.length))
  return integerOf(openComputation(reader, given).value(formula.expression, at))
}

function givenStates(formula: Formula, reader: Reader, folded: readonly bigint[]) {
  const long = foldsOf(formula, reader).filter(({ chunks }) => chunks > 1)
  return new Map(
    long.map(({ node }, i) => {
      const state = folded[i]
      if (state === undefined) throw new InvalidFormulaError(`${folded.length} states for ${long.length} folds`)
      return [node, state]
    }),
  )
}
