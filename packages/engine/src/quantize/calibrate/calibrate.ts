import type { OnnxModel } from '../../onnx/model.ts'
import type { FloatGraph, Step } from '../float/step.ts'
import type { Ranges } from '../plan/range.ts'
import { type Feeds, observe } from './observe.ts'
import { Statistics } from './statistics.ts'

export type CalibrateParameters = {
  /** The original model; the graph's tensors are its tensors. */
  model: OnnxModel
  graph: FloatGraph
  samples: readonly Feeds[]
}

/** Integers of this magnitude are the usual ones: bounds are chosen for them. */
const MEASURED = new Set<Step['op']>([
  ...(['conv', 'linear', 'product', 'mul', 'function', 'layerNorm', 'softmax', 'div'] as const),
  ...(['add', 'sub', 'hardSwish', 'concat', 'mean'] as const),
])

const FINE = 2047

/** Runs the float model on samples and settles which range of each tensor is worth representing. */
export async function calibrate({ model, graph, samples }: CalibrateParameters): Promise<Ranges> {
  const made = new Set([...model.nodes.flatMap((node) => node.outputs)])
  const names = graph.steps.filter((step) => MEASURED.has(step.op) && made.has(step.name)).map((step) => step.name)
  const statistics = new Map(names.map((name) => [name, new Statistics()]))
  await observe({ model, names, samples, watch: (name, seen) => statistics.get(name)?.add(seen) })
  return new Map([...statistics].map(([name, each]) => [name, each.range(FINE)]))
}
