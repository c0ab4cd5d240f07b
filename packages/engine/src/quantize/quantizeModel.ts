import type { OnnxModel } from '../onnx/model.ts'
import { calibrate } from './calibrate/calibrate.ts'
import type { Feeds } from './calibrate/observe.ts'
import type { Held } from './emit/held.ts'
import type { InputForm } from './emit/input.ts'
import { lowerGraph } from './emit/lowerGraph.ts'
import { readFloatGraph } from './float/readFloatGraph.ts'
import { simplify } from './float/simplify/simplify.ts'
import { usesOf } from './float/simplify/uses.ts'
import type { FloatGraph } from './float/step.ts'
import { onlyHardSwish, type Plan, planGrids } from './plan/planGrids.ts'

/** Most bits of a carried tensor where nothing else is asked for: a gate of 10 bits and its product still fit a float32. */
export const DEFAULT_BITS = 14

export type QuantizeOptions = {
  /** How each input of the exact graph looks. */
  inputs: ReadonlyMap<string, InputForm>
  /** Tensors to end with; the model's own outputs where left out. What follows them is dropped. */
  outputs?: readonly string[]
  /** Integers of a carried tensor have a magnitude below 2^(bits − 1). */
  bits?: number
  /** Real value of one step, for tensors where it shall be a certain one. */
  scales?: ReadonlyMap<string, number>
}

export type QuantizeModelParameters = {
  model: OnnxModel
  /** Inputs of the float model to calibrate with; or the plan that an earlier calibration led to. */
  calibration: { samples: readonly Feeds[] } | { plan: Plan }
  options: QuantizeOptions
}

/** A tensor that the float and the exact graph have in common, and how the exact one holds it. */
export type Layer = { readonly name: string; readonly op: string; readonly held: Held }

export type QuantizedModel = {
  /** The exact graph. Its outputs are named like the float tensors, with "/integers" behind. */
  model: OnnxModel
  /** The grids that were chosen: with them the same graph is made again. */
  plan: Plan
  /** In the order in which they are computed. */
  layers: readonly Layer[]
}

/**
 * Turns a float ONNX model into one of the exact profile (specs/exact-inference.md). With a given plan the result is the same to the bit on
 * every machine; with samples it is on one machine. Throws `UnsupportedOpError` with the node at fault, and `InvalidSamplesError`.
 *
 * @example
 * const model = readOnnxModel(await readFile('model.onnx'))
 * const inputs = new Map([['x', { kind: 'integers', scale: 1 / 127, lo: -127, hi: 127, dims: [1, 3, 32, 32] }]])
 * const exact = await quantizeModel({ model, calibration: { samples }, options: { inputs } })
 * await writeFile('exact.onnx', writeOnnxModel(exact.model))
 */
export async function quantizeModel({ model, calibration, options }: QuantizeModelParameters): Promise<QuantizedModel> {
  const graph = simplify(readFloatGraph(model, options.outputs))
  const plan = 'plan' in calibration ? calibration.plan : await planFor(model, graph, calibration.samples, options)
  const lowered = lowerGraph({ graph, plan, inputs: options.inputs })
  return { model: lowered.model, plan, layers: commonLayers(model, graph, lowered.held) }
}

async function planFor(
  model: OnnxModel,
  graph: FloatGraph,
  samples: readonly Feeds[],
  { bits = DEFAULT_BITS, scales }: QuantizeOptions,
): Promise<Plan> {
  const ranges = await calibrate({ model, graph, samples })
  return planGrids(graph, ranges, { bits, ...(scales ? { scales } : {}) })
}

/** What a curve alone reads is left out: only where the curve is not flat do its values matter. */
function commonLayers(model: OnnxModel, graph: FloatGraph, held: ReadonlyMap<string, Held>): Layer[] {
  const uses = usesOf(graph)
  const made = new Set(model.nodes.flatMap((node) => node.outputs))
  return graph.steps.flatMap(({ name, op }): Layer[] => {
    const tensor = held.get(name)
    return tensor && made.has(name) && !onlyHardSwish(name, uses) ? [{ name, op, held: tensor }] : []
  })
}
