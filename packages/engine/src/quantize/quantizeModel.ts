import type { OnnxModel } from '../onnx/model.ts'
import { calibrate } from './calibrate/calibrate.ts'
import type { Feeds } from './calibrate/observe.ts'
import type { InputForm } from './emit/input.ts'
import { type LoweredGraph, lowerGraph } from './emit/lowerGraph.ts'
import { readFloatGraph } from './float/readFloatGraph.ts'
import { simplify } from './float/simplify/simplify.ts'
import type { FloatGraph } from './float/step.ts'
import { type Plan, planGrids } from './plan/planGrids.ts'

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

export type QuantizedModel = LoweredGraph & { plan: Plan }

/**
 * Turns a float ONNX model into one of the exact profile. With a given plan the result is the same to the bit on every machine; with samples
 * it is on one machine. Throws `UnsupportedOpError` and `InvalidSamplesError`.
 */
export async function quantizeModel({ model, calibration, options }: QuantizeModelParameters): Promise<QuantizedModel> {
  const graph = simplify(readFloatGraph(model, options.outputs))
  const plan = 'plan' in calibration ? calibration.plan : await planFor(model, graph, calibration.samples, options)
  return { ...lowerGraph({ graph, plan, inputs: options.inputs }), plan }
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
