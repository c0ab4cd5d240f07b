import { committed, type OwnRun, openOwnRun } from '@stoa/engine/dispute'
import {
  type BoundGraph,
  bindGraph,
  type ExactGraph,
  type Executor,
  entryName,
  evaluate,
  storedTensor,
  type Value,
} from '@stoa/engine/exact'
import { digestTree, tensorDigest } from '@stoa/protocol'

/** Where a run lies: an entry of its trace, an element of it in the order of the graph, and what becomes of that. */
export type Alteration = {
  readonly entry: number
  readonly element: number
  readonly change: (truth: bigint) => bigint
}

/** A graph with a way to run it. */
export type Opened = { readonly graph: ExactGraph; readonly executor: Executor }

/**
 * A run of which one element is not what its operator gives. Everything after it is computed from the lie, as a cheat would who altered its own machine: so nothing
 * else is wrong, and only following the run down to that element shows it.
 */
export async function alteredRun(
  { graph, executor }: Opened,
  inputs: ReadonlyMap<string, Value>,
  alteration: Alteration,
): Promise<OwnRun> {
  const truth = await openOwnRun(executor, graph, inputs)
  const place = truth.entries[alteration.entry]
  if (!place) throw new RangeError(`the run has no entry ${alteration.entry}`)
  const bound = bindGraph(graph, new Map([...inputs].map(([name, { dims }]) => [name, dims])))
  const told = await follow(bound, executor, inputs, place.tensor, (value) => altered(value, alteration))
  const changed = new Map(
    truth.entries.flatMap(({ index, tensor, stored }) => {
      const value = told.get(tensor)
      return value ? [[index, committed(storedTensor(entryName(index), value, stored))] as const] : []
    }),
  )
  const entries = truth.entries.map((entry) => {
    const own = changed.get(entry.index)
    return own ? { ...entry, digest: tensorDigest(own.tensor) } : entry
  })
  return {
    entries,
    tree: digestTree(entries.map(({ digest }) => digest)),
    outputs: new Map([...truth.outputs].map(([name, value]) => [name, told.get(name) ?? value])),
    async load(indices) {
      const wanted = [...indices]
      const loaded = new Map(await truth.load(wanted.filter((index) => !changed.has(index))))
      for (const index of wanted) {
        const own = changed.get(index)
        if (own) loaded.set(index, own)
      }
      return loaded
    },
  }
}

/** Values of a tensor once changed, and of all that follow from it. */
async function follow(
  { nodes, constants }: BoundGraph,
  executor: Executor,
  inputs: ReadonlyMap<string, Value>,
  start: string,
  change: (value: Value) => Value,
): Promise<ReadonlyMap<string, Value>> {
  const affected = new Set([start])
  const after = nodes.filter(({ inputs: read, outputs }) => {
    const follows = !outputs.includes(start) && read.some((name) => affected.has(name))
    if (follows) for (const name of outputs) affected.add(name)
    return follows
  })
  const needed = new Set([start, ...after.flatMap(({ inputs: read }) => read).filter((name) => !affected.has(name))])
  const known = new Map<string, Value>([...constants, ...inputs])
  await executor.run(inputs, {
    names: needed,
    // The memory is the executor's, and is used again.
    watch: (name, value) => void known.set(name, { ...value, data: value.data.slice() } as Value),
  })
  const truth = known.get(start)
  if (!truth) throw new RangeError(`the run does not show ${start}`)
  const told = new Map([[start, change(truth)]])
  for (const node of after) {
    const made = evaluate(
      node,
      node.inputs.map((name) => told.get(name) ?? known.get(name)),
    )
    for (const [i, name] of node.outputs.entries()) {
      const value = made[i]
      if (value && name !== '') told.set(name, value)
    }
  }
  return told
}

function altered(value: Value, { element, change }: Alteration): Value {
  const data = value.data.slice()
  const lie = change(BigInt(data[element] ?? 0))
  if (data instanceof BigInt64Array) data[element] = lie
  else data[element] = Number(lie)
  return { ...value, data } as Value
}
