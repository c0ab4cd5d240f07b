import { type OnnxModel, type OnnxNode, writeOnnxModel } from '../../../onnx/index.ts'
import type { Executor } from '../../executor.ts'
import { type ExactGraph, loadExactGraph } from '../../profile/index.ts'
import { openReference } from '../../reference/openReference.ts'
import { answeredBy, differences, outputsOf, type Shown, shownBy } from '../../testing/compareExecutors.ts'
import type { Value } from '../../value.ts'
import { openWasm } from '../openWasm.ts'

/** A small graph: nodes, constants, inputs with their values, and the names of its outputs. */
export type SmallGraph = {
  readonly nodes: readonly OnnxNode[]
  readonly constants?: Readonly<Record<string, Value>>
  readonly inputs: Readonly<Record<string, Value>>
  /** What inputs of i32 and i64 may hold, as the file states it; −1000 to 1000 where nothing is said. */
  readonly ranges?: Readonly<Record<string, string>>
  readonly outputs: readonly { readonly name: string; readonly type: Value['type'] }[]
}

/** Loads a small graph. */
export function loadSmallGraph({ nodes, constants = {}, inputs, ranges = {}, outputs }: SmallGraph): ExactGraph {
  const metadata = new Map([['stoa.profile', 'exact/1']])
  for (const [name, { type }] of Object.entries(inputs)) {
    if (type === 'i32' || type === 'i64') metadata.set(`stoa.range.${name}`, ranges[name] ?? '-1000..1000')
  }
  const model: OnnxModel = {
    opset: 18,
    metadata,
    inputs: Object.entries(inputs).map(([name, { type, dims }]) => ({ name, type, dims })),
    outputs: outputs.map((output) => ({ ...output, dims: undefined })),
    initializers: new Map(Object.entries(constants)),
    nodes: nodes.map((node, index) => ({ ...node, name: `${node.op}_${index}` })),
  }
  return loadExactGraph(writeOnnxModel(model))
}

/** In what an executor differs from what another showed: when it answers, and when it shows every carried tensor. */
export async function compareRuns(
  expected: Shown,
  executor: Executor,
  inputs: ReadonlyMap<string, Value>,
): Promise<string[]> {
  return [
    ...differences(outputsOf(expected), await answeredBy(executor, inputs)),
    ...differences(expected, await shownBy(executor, inputs)),
  ]
}

/** In what the WebAssembly executor differs from the literal interpreter on a small graph. */
export async function compareGraph(small: SmallGraph, threads = 1): Promise<string[]> {
  const graph = loadSmallGraph(small)
  const inputs = new Map(Object.entries(small.inputs))
  const executor = await openWasm(graph, { threads })
  try {
    return await compareRuns(await shownBy(openReference(graph), inputs), executor, inputs)
  } finally {
    await executor.close()
  }
}
