import { type BoundGraph, InvalidExactInputError } from '../profile/index.ts'
import { storedDims, traceEntries } from '../trace/index.ts'
import { InvalidFormulaError } from './errors.ts'
import type { Formulas } from './formulasOf.ts'
import { shapeOf } from './shapeOf.ts'
import type { Reader } from './types.ts'

/**
 * Shows the lengths that a bound graph's tensors have, and no element: enough for `shapeOf` and `foldsOf`, since lengths follow from lengths alone.
 */
export function lengthReader(bound: BoundGraph): Reader {
  const entries = traceEntries(bound)
  return {
    dims({ op, index }) {
      if (op === 'entry') return storedDims(entries[index]?.dims ?? none(op, index))
      return bound.facts.get(bound.inputs[index] ?? '')?.dims ?? none(op, index)
    },
    read: ({ op }) => none(op, 'element'),
  }
}

/**
 * Refuses lengths with which a graph is another than its formulas say, as one can be made to be between the least and the greatest: a seller that answered
 * would be convicted of the truth. Throws `InvalidExactInputError`.
 */
export function checkLengths({ entries }: Formulas, bound: BoundGraph): void {
  const reader = lengthReader(bound)
  const run = traceEntries(bound)
  const differs = (i: number): boolean => {
    const [formula, entry] = [entries[i], run[i]]
    if (!formula || !entry || formula.tensor !== entry.tensor) return true
    const { stored, dims } = shapeOf(formula, reader)
    return stored !== entry.stored || dims.join() !== entry.dims.join()
  }
  try {
    for (let i = 0; i < Math.max(entries.length, run.length); i++)
      if (differs(i))
        throw new InvalidExactInputError(`with these lengths entry ${i} of the run is none that a contract can judge`)
  } catch (error) {
    if (!(error instanceof InvalidFormulaError)) throw error
    throw new InvalidExactInputError(`with these lengths a contract can't judge the run: ${error.reason}`)
  }
}

function none(what: string, which: number | string): never {
  throw new InvalidFormulaError(`there is no ${what} ${which}`)
}
