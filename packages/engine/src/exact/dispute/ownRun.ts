import { digestTree, type MerkleTree } from '@stoa/protocol'
import { type CommittedData, committed } from '../evidence/index.ts'
import type { Executor } from '../executor.ts'
import type { ExactGraph } from '../profile/index.ts'
import { storedTensor } from '../trace/storedTensor.ts'
import { entryName, type TraceEntry } from '../trace/traceEntries.ts'
import { traceOf } from '../trace/traceOf.ts'
import type { Value } from '../value.ts'

/** Bytes of tensors that are kept between questions; one more run brings back any that were let go. */
const KEPT_BYTES = 256 * 2 ** 20

/** A trace that was committed to, whose tensors can be had again. */
export type Commitment = {
  readonly entries: { readonly length: number }
  /** Over the entries' digests. */
  readonly tree: MerkleTree
  /** Entries by their number. */
  load(indices: Iterable<number>): Promise<ReadonlyMap<number, CommittedData>>
}

/** A run of an exact graph as whoever plays a game about it needs it: what it commits to, and any tensor of it again. */
export type OwnRun = {
  readonly entries: readonly (TraceEntry & { readonly digest: Uint8Array })[]
  /** Over the entries' digests. */
  readonly tree: MerkleTree
  /** Values of the graph's outputs. */
  readonly outputs: ReadonlyMap<string, Value>
  /** Entries by their number; one run of the graph for all that are not kept. */
  load(indices: Iterable<number>): Promise<ReadonlyMap<number, CommittedData>>
}

/** Runs a graph on a request's inputs and keeps the digests of its trace (specs/exact-inference.md, "Trace"). */
export async function openOwnRun(
  executor: Executor,
  graph: ExactGraph,
  inputs: ReadonlyMap<string, Value>,
): Promise<OwnRun> {
  const { entries, outputs } = await traceOf(executor, graph, inputs)
  const kept = new Map<number, CommittedData>()
  return {
    entries,
    outputs,
    tree: digestTree(entries.map(({ digest }) => digest)),
    async load(indices) {
      const wanted = new Set(indices)
      const missing = entries.filter(({ index }) => wanted.has(index) && !kept.has(index))
      if (missing.length > 0) {
        forget(kept, wanted)
        for (const [index, tensor] of await show(executor, missing, inputs)) kept.set(index, tensor)
      }
      return new Map([...kept].filter(([index]) => wanted.has(index)))
    },
  }
}

/** An entry of a run, loaded. */
export async function entryOf(run: Commitment, entry: number): Promise<CommittedData> {
  const found = (await run.load([entry])).get(entry)
  if (!found) throw new RangeError(`the run has no entry ${entry}`)
  return found
}

/** Lets go of the oldest tensors while there are too many, but of none that is wanted. */
function forget(kept: Map<number, CommittedData>, wanted: ReadonlySet<number>): void {
  let bytes = 0
  for (const { tensor } of kept.values()) bytes += tensor.data.length
  for (const [index, { tensor }] of kept) {
    if (bytes <= KEPT_BYTES) return
    if (wanted.has(index)) continue
    kept.delete(index)
    bytes -= tensor.data.length
  }
}

async function show(executor: Executor, entries: readonly TraceEntry[], inputs: ReadonlyMap<string, Value>) {
  const places = new Map(entries.map((entry) => [entry.tensor, entry]))
  const shown = new Map<number, CommittedData>()
  await executor.run(inputs, {
    names: new Set(places.keys()),
    watch(name, value) {
      const entry = places.get(name)
      if (entry) shown.set(entry.index, committed(storedTensor(entryName(entry.index), value, entry.stored)))
    },
  })
  return shown
}
