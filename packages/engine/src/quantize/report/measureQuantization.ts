import type { OnnxModel } from '../../onnx/model.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import type { Feeds } from '../calibrate/observe.ts'
import type { InputForm } from '../emit/input.ts'
import type { QuantizedModel } from '../quantizeModel.ts'
import { compareAnswers } from './compareAnswers.ts'
import { compareLayers } from './compareLayers.ts'
import type { QuantizeReport } from './report.ts'

export type MeasureQuantizationParameters = {
  model: OnnxModel
  quantized: QuantizedModel
  inputs: ReadonlyMap<string, InputForm>
  samples: readonly Feeds[]
  labels?: readonly number[]
}

/** Samples whose inner tensors are compared; all of them are compared by their answers. */
const LOOKED_INTO = 16

/** Measures an exact model against the float model that it was made from. */
export async function measureQuantization(parameters: MeasureQuantizationParameters): Promise<QuantizeReport> {
  const { model, quantized, samples } = parameters
  return {
    layers: await compareLayers({ ...parameters, samples: samples.slice(0, LOOKED_INTO) }),
    answers: await compareAnswers(parameters),
    bytes: { float: writeOnnxModel(model).length, exact: writeOnnxModel(quantized.model).length },
    nodes: { float: model.nodes.length, exact: quantized.model.nodes.length },
  }
}
