import type { Tensor } from '@stoa/protocol'
import type { Executor } from '../../executor.ts'
import { bindGraph, type ExactGraph } from '../../profile/index.ts'
import { openReference } from '../../reference/openReference.ts'
import { requestTensor } from '../../requestTensor.ts'
import { entryName, storedTensor, traceEntries } from '../../trace/index.ts'
import { elementsOf, type Value } from '../../value.ts'
import { chunkState } from '../chunkState.ts'
import { elementOf } from '../elementOf.ts'
import { foldsOf } from '../foldsOf.ts'
import type { Formulas } from '../formulasOf.ts'
import { shapeOf } from '../shapeOf.ts'
import { tensorReader } from '../tensorReader.ts'
import type { Formula, Reader } from '../types.ts'

/** A run: every entry as it is stored, with its lengths in the graph. */
export type TracedRun = {
  readonly entries: readonly { readonly tensor: Tensor; readonly dims: readonly number[] }[]
  readonly request: readonly Tensor[]
  readonly reader: Reader
}

/** Runs a graph, in the reference executor if no other is given, and keeps what it shows. */
export async function tracedRun(
  graph: ExactGraph,
  formulas: Formulas,
  inputs: ReadonlyMap<string, Value>,
  executor: Executor = openReference(graph),
): Promise<TracedRun> {
  const bound = bindGraph(graph, new Map([...inputs].map(([name, { dims }]) => [name, dims])))
  const places = new Map(traceEntries(bound).map((entry) => [entry.tensor, entry]))
  const entries: TracedRun['entries'][number][] = []
  await executor.run(inputs, {
    names: new Set(places.keys()),
    watch(name, value) {
      const entry = places.get(name)
      if (!entry) return
      entries[entry.index] = { tensor: storedTensor(entryName(entry.index), value, entry.stored), dims: entry.dims }
    },
  })
  const request = graph.model.inputs.map(({ name }) => requestTensor(name, inputs.get(name)))
  const reader = tensorReader({
    entry: (index) => at(entries, index).tensor,
    input: (index) => at(request, index),
    constant: formulas.constantBytes,
  })
  return { entries, request, reader }
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index]
  if (found === undefined) throw new RangeError(`there is no ${index} among ${list.length}`)
  return found
}

/**
 * What formulas make of a run otherwise than the reference did: shapes, and of every entry a few elements, computed at once and from the last states of their
 * folds, chunk by chunk. Empty if all is the same.
 */
export function formulaDifferences(
  formulas: Formulas,
  { entries, reader }: TracedRun,
  chosen: (count: number) => readonly number[],
): string[] {
  if (formulas.entries.length !== entries.length)
    return [`${formulas.entries.length} formulas, ${entries.length} entries`]
  return formulas.entries.flatMap((formula, i) => {
    const { tensor, dims } = at(entries, i)
    const shape = shapeOf(formula, reader)
    if (shape.stored !== tensor.dtype || shape.dims.join() !== dims.join())
      return [`${tensor.name}: ${shape.stored} [${shape.dims}] instead of ${tensor.dtype} [${dims}]`]
    return chosen(elementsOf(dims)).flatMap((element) => {
      const expected = elementIn(tensor, element)
      const whole = elementOf(formula, { element, dims }, reader)
      const joined = elementOf(formula, { element, dims }, reader, lastStates(formula, { element, dims }, reader))
      return whole === expected && joined === expected
        ? []
        : [`${tensor.name}[${element}] (${formula.expression.op}) is ${whole}, or ${joined}, instead of ${expected}`]
    })
  })
}

/** An element of a tensor that is stored. */
export const elementIn = (tensor: Tensor, element: number): bigint =>
  tensorReader({ ...NOTHING, entry: () => tensor }).read({ op: 'entry', index: 0, args: [] }, element)

const NOTHING = {
  input(): never {
    throw new TypeError('nothing was asked')
  },
  constant: () => new Uint8Array(),
}

/** The last states of the folds that have several chunks, taken chunk by chunk. */
export function lastStates(
  formula: Formula,
  place: { element: number; dims: readonly number[] },
  reader: Reader,
): bigint[] {
  return foldsOf(formula, reader).flatMap(({ chunks }, fold) => {
    if (chunks < 2) return []
    let before: bigint | undefined
    for (let index = 0; index < chunks; index++) before = chunkState(formula, { ...place, fold, index, before }, reader)
    return before === undefined ? [] : [before]
  })
}
