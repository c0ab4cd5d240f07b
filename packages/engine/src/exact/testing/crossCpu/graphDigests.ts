import { createHash, type Hash } from 'node:crypto'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import type { Executor, ExecutorKind } from '../../executor.ts'
import { openOnnxRuntime } from '../../onnxruntime/openOnnxRuntime.ts'
import { type ExactGraph, loadExactGraph } from '../../profile/index.ts'
import { openReference } from '../../reference/openReference.ts'
import { traceOf } from '../../trace/traceOf.ts'
import type { Value } from '../../value.ts'
import { openWasm } from '../../wasm/openWasm.ts'
import { randomGraph } from '../randomGraph.ts'

const OPEN: Readonly<Record<ExecutorKind, (graph: ExactGraph) => Promise<Executor>>> = {
  reference: async (graph) => openReference(graph),
  onnxruntime: (graph) => openOnnxRuntime(graph, { threads: 1 }),
  wasm: (graph) => openWasm(graph, { threads: 1 }),
}

/**
 * For each executor, SHA-256 of what it makes of the random graph of a seed: the trace root on the first inputs, the outputs on the others. One text where
 * every machine and executor gives the same.
 */
export async function graphDigests(
  seed: number,
  kinds: readonly ExecutorKind[],
): Promise<ReadonlyMap<ExecutorKind, string>> {
  const { model, inputs } = randomGraph(seed)
  const graph = loadExactGraph(writeOnnxModel(model))
  const digests = new Map<ExecutorKind, string>()
  for (const kind of kinds) {
    const executor = await OPEN[kind](graph)
    const hash = createHash('sha256')
    for (const [i, own] of inputs.entries()) {
      if (i === 0) hash.update((await traceOf(executor, graph, own)).root)
      else addOutputs(hash, await executor.run(own))
    }
    await executor.close()
    digests.set(kind, hash.digest('hex'))
  }
  return digests
}

function addOutputs(hash: Hash, outputs: ReadonlyMap<string, Value>): void {
  for (const name of [...outputs.keys()].sort()) {
    const value = outputs.get(name)
    if (value === undefined) continue
    hash.update(`${name} ${value.type} ${value.dims}`)
    // Zero has no sign.
    const data = value.type === 'i64' ? value.data : value.data.map((element) => element + 0)
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
}
