import { digestTree, type Tensor, tensorDigest } from '@stoa/protocol'
import { committed } from '../../evidence/index.ts'
import { bindGraph, type ExactGraph } from '../../profile/index.ts'
import { EvaluationError } from '../../reference/errors.ts'
import { evaluate } from '../../reference/evaluate.ts'
import { storedTensor } from '../../trace/storedTensor.ts'
import { entryName, traceEntries } from '../../trace/traceEntries.ts'
import type { Value } from '../../value.ts'
import type { OwnRun } from '../ownRun.ts'

/** Where a seller lies: an entry of the trace, an element of it in the order of the graph, and what it changes it to. */
export type Lie = { readonly entry: number; readonly element: number; readonly change: (truth: bigint) => bigint }

/**
 * A run of which one element is not what its operator gives. All that follows is computed from the lie, where it can be, so that nothing else is wrong.
 * Keeps every tensor.
 */
export function lyingRun(graph: ExactGraph, inputs: ReadonlyMap<string, Value>, lie?: Lie): OwnRun {
  const bound = bindGraph(graph, new Map([...inputs].map(([name, { dims }]) => [name, dims])))
  const places = new Map(traceEntries(bound).map((entry) => [entry.tensor, entry]))
  const values = new Map<string, Value>([...bound.constants, ...inputs])
  const truth = new Map<string, Value>(values)
  const tensors: Tensor[] = []
  for (const node of bound.nodes) {
    const of = (known: ReadonlyMap<string, Value>) =>
      evaluate(
        node,
        node.inputs.map((name) => known.get(name)),
      )
    const right = of(truth)
    const made = orElse(() => of(values), right)
    for (const [i, name] of node.outputs.entries()) {
      const [value, own] = [made[i], right[i]]
      if (!value || !own || name === '') continue
      truth.set(name, own)
      const entry = places.get(name)
      const told = entry && entry.index === lie?.entry ? altered(value, lie) : value
      values.set(name, told)
      if (entry) tensors[entry.index] = storedTensor(entryName(entry.index), told, entry.stored)
    }
  }
  const entries = [...places.values()].map((entry) => ({
    ...entry,
    digest: tensorDigest(tensors[entry.index] as Tensor),
  }))
  return {
    entries,
    tree: digestTree(entries.map(({ digest }) => digest)),
    outputs: new Map(bound.outputs.map((name) => [name, values.get(name) as Value])),
    load: async (indices) => new Map([...indices].map((index) => [index, committed(tensors[index] as Tensor)])),
  }
}

/** What follows from a lie may be beyond what the profile defines; then the truth stands. */
function orElse(compute: () => Value[], otherwise: Value[]): Value[] {
  try {
    return compute()
  } catch (error) {
    if (error instanceof EvaluationError) return otherwise
    throw error
  }
}

function altered(value: Value, { element, change }: Lie): Value {
  const data = value.data.slice()
  const told = change(BigInt(data[element] ?? 0))
  if (data instanceof BigInt64Array) data[element] = told
  else data[element] = Number(told)
  return { ...value, data } as Value
}
