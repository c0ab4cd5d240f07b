import { loadRuntime, type Runtime } from '../../inference/onnx/loadRuntime.ts'
import { bindInputs } from '../bindInputs.ts'
import type { Executor } from '../executor.ts'
import type { ExactGraph } from '../profile/index.ts'
import { fromTensor, toTensor } from './convert.ts'
import { runShowing } from './runShowing.ts'
import { sessionOptions } from './sessionOptions.ts'

/**
 * Opens an exact graph in ONNX Runtime, on the profile's own bytes. Exact only on a machine that passes `selfTest`; `openExact` sees to that. Throws
 * `MissingRuntimeError` where ONNX Runtime is not installed, and what it throws for operators that it has no kernel for.
 *
 * @param threads of one run; as many as there are cores where left out.
 * @param rewrite false to compute node by node as the file says, which is slow: the self-test compares with it.
 * @param runtime for callers that bring their own copy.
 */
export async function openOnnxRuntime(
  graph: ExactGraph,
  { threads, runtime, rewrite = true }: { threads?: number; runtime?: Runtime; rewrite?: boolean } = {},
): Promise<Executor> {
  const loaded = runtime ?? (await loadRuntime())
  const options = sessionOptions(threads, rewrite)
  const session = await loaded.InferenceSession.create(graph.bytes, options)
  const bind = bindInputs(graph)
  return {
    kind: 'onnxruntime',
    async run(inputs, { watch, ...rest } = {}) {
      const bound = bind(inputs)
      if (watch) return runShowing(loaded, options, bound, inputs, { watch, ...rest })
      const feeds = [...inputs].map(([name, value]) => [name, toTensor(loaded, value)] as const)
      const results = await session.run(Object.fromEntries(feeds))
      return new Map(Object.entries(results).map(([name, tensor]) => [name, fromTensor(tensor)]))
    },
    close: () => session.release(),
  }
}
