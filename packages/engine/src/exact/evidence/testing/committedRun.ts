import { bytesToHex, digestTree, type Tensor, tensorDigest } from '@stoa/protocol'
import type { Executor } from '../../executor.ts'
import type { Formulas } from '../../formula/index.ts'
import { type TracedRun, tracedRun } from '../../formula/testing/tracedRun.ts'
import { keeping } from '../../keeping.ts'
import type { ExactGraph } from '../../profile/index.ts'
import type { Value } from '../../value.ts'
import { committed } from '../committed.ts'
import type { Claims, EvidenceSources } from '../types.ts'

/** A run as a seller commits to it. */
export type CommittedRun = { readonly run: TracedRun; readonly sources: EvidenceSources; readonly claims: Claims }

/** Runs a graph, in the reference executor if no other is given, and commits to what it shows. */
export async function committedRun(
  graph: ExactGraph,
  formulas: Formulas,
  inputs: ReadonlyMap<string, Value>,
  executor?: Executor,
): Promise<CommittedRun> {
  const run = await tracedRun(graph, formulas, inputs, executor)
  const digests = run.entries.map(({ tensor }) => tensorDigest(tensor))
  const tree = digestTree(digests)
  const sources: EvidenceSources = {
    entry: keeping((index) => committed(there(run.entries[index]?.tensor))),
    input: keeping((index) => committed(there(run.request[index]))),
    constant: formulas.constantBytes,
    path: (entry) => tree.path(0, entry),
  }
  const request = run.request.map((tensor) => bytesToHex(tensorDigest(tensor)))
  return { run, sources, claims: { traceTree: bytesToHex(tree.root), entries: digests.length, request } }
}

function there(tensor: Tensor | undefined): Tensor {
  if (!tensor) throw new RangeError('there is no such tensor')
  return tensor
}
