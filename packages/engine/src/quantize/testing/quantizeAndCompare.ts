import { loadExactGraph } from '../../exact/profile/index.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import type { Feeds } from '../calibrate/observe.ts'
import type { InputForm } from '../emit/input.ts'
import { type QuantizedModel, type QuantizeOptions, quantizeModel } from '../quantizeModel.ts'
import { compareLayers, type LayerError } from '../report/compareLayers.ts'
import { numbers } from './floatModel.ts'

/** Magnitude of the inputs that samples have. */
const REACH = 2

/** Converts a model of one input of numbers from −2 to 2, has the loader prove it, and measures it on samples that it was not calibrated with. */
export async function quantizeAndCompare(
  model: OnnxModel,
  dims: readonly number[],
  options: Partial<QuantizeOptions> = {},
): Promise<{ quantized: QuantizedModel; layers: LayerError[]; last: LayerError; compared: readonly Feeds[] }> {
  const inputs = new Map<string, InputForm>([
    ['x', { kind: 'integers', scale: REACH / 2047, lo: -2047, hi: 2047, dims }],
  ])
  const samples = Array.from({ length: 8 }, (_, i) => sample(dims, i + 1))
  const quantized = await quantizeModel({ model, calibration: { samples }, options: { inputs, ...options } })
  loadExactGraph(writeOnnxModel(quantized.model))
  const compared = [sample(dims, 100), sample(dims, 101)]
  const layers = await compareLayers({ model, quantized, inputs, samples: compared })
  const last = layers.at(-1)
  if (!last) throw new Error('no layer in common')
  return { quantized, layers, last, compared }
}

function sample(dims: readonly number[], seed: number): Feeds {
  const count = dims.reduce((product, dim) => product * dim, 1)
  const data = numbers(count, seed).map((value) => value * REACH)
  return new Map([['x', { type: 'float32', dims, data }]])
}
