import { type Hex, traceRoot } from '@stoa/protocol'
import type { Executor } from '../executor.ts'
import { bindGraph, type ExactGraph } from '../profile/index.ts'
import type { Value } from '../value.ts'
import { storedDigest } from './storedTensor.ts'
import { entryName, type TraceEntry, traceEntries } from './traceEntries.ts'

/**
 * Bytes of a run's tensors that are held at a time where nothing else is said. A text detector at 960×960 (356M elements) then peaks at 0.65 GB instead of
 * 1.13 GB with four times as much, and takes no longer.
 */
const SEGMENT_BYTES = 64 * 2 ** 20

export type Trace = {
  /** What the run commits to. */
  readonly root: Hex
  readonly entries: readonly (TraceEntry & { readonly digest: Uint8Array })[]
  readonly outputs: ReadonlyMap<string, Value>
}

/**
 * Runs a graph and computes the trace of the run (specs/exact-inference.md, "Trace"), in memory for `segmentBytes` of its tensors. The same for every
 * executor of the same graph and inputs.
 */
export async function traceOf(
  executor: Executor,
  graph: ExactGraph,
  inputs: ReadonlyMap<string, Value>,
  { segmentBytes = SEGMENT_BYTES }: { segmentBytes?: number } = {},
): Promise<Trace> {
  const entries = traceEntries(bindGraph(graph, new Map([...inputs].map(([name, { dims }]) => [name, dims]))))
  const places = new Map(entries.map((entry) => [entry.tensor, entry]))
  const digests = new Map<number, Uint8Array>()
  const outputs = await executor.run(inputs, {
    segmentBytes,
    names: new Set(places.keys()),
    watch(tensor, value) {
      const entry = places.get(tensor)
      if (entry) digests.set(entry.index, storedDigest(entryName(entry.index), value, entry.stored))
    },
  })
  const all = entries.map((entry) => {
    const digest = digests.get(entry.index)
    if (!digest) throw new TypeError(`the executor did not show the tensor "${entry.tensor}"`)
    return { ...entry, digest }
  })
  return { root: traceRoot(all.map(({ digest }) => digest)), entries: all, outputs }
}
