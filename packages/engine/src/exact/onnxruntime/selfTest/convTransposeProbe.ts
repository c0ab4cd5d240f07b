import type { OnnxNode } from '../../../onnx/model.ts'
import { Emitter } from '../../../quantize/emit/emitter.ts'
import type { Facts } from '../../profile/index.ts'
import { evaluate } from '../../reference/evaluate.ts'
import { elementsOf, type Value } from '../../value.ts'
import { firstDifference, graphOf, intsOf, type Probe, spread } from './probe.ts'
import { extremes, type Random, randomFrom } from './random.ts'
import { exhaustingWeights, F32_BUDGET } from './weights.ts'

const LONGEST_SIDE = 6
const CHANNELS_CHECKED = 6

/** A transposed convolution of a node's form with weights that use up the bound, compared with the reference in some channels. */
export function convTransposeProbe(node: OnnxNode, x: Facts, weights: Facts): Probe {
  const [, channels = 1, height = 1, width = 1] = x.dims
  const dims = [1, channels, Math.min(height, LONGEST_SIDE), Math.min(width, LONGEST_SIDE)]
  const strides = intsOf(node, 'strides', [1, 1])
  const { lo, hi } = x
  return {
    key: JSON.stringify(['ConvTranspose', dims, weights.dims, strides, intsOf(node, 'pads', []), lo, hi]),
    about: `ConvTranspose of ${channels} channels with weights [${weights.dims.join(', ')}]`,
    make() {
      const random = randomFrom(channels * 137 + elementsOf(weights.dims))
      const kernel = makeKernel(random, weights.dims, strides, Math.max(-lo, hi))
      const data = makeImage(random, { dims, lo, hi }, weights.dims, kernel.weights)
      const operands: Value[] = [
        { type: 'f32', dims, data: Float32Array.from(data) },
        { type: 'f32', dims: weights.dims, data: kernel.weights },
        { type: 'f32', dims: [kernel.bias.length], data: kernel.bias },
      ]
      const emit = new Emitter()
      const image = emit.cast(emit.input('x', 'i32', dims, { lo, hi }), 'f32')
      const constants = [emit.f32(kernel.weights, weights.dims), emit.f32(kernel.bias)]
      emit.output(emit.node('ConvTranspose', [image, ...constants], Object.fromEntries(node.attributes)), 'y', 'f32')
      return {
        graph: graphOf(emit),
        inputs: new Map([['x', { type: 'i32', dims, data }]]),
        check: (outputs) => firstDifference(outputs, [expectedOf(node, operands)]),
      }
    },
  }
}

/**
 * Weights [inputs, outputs, kh, kw]. An output element sees the taps of one residue modulo the strides. The loader adds the largest sum of weights above zero to the
 * largest of those below, whichever residues they are of: so only weights of one sign use up the bound, others half of it.
 */
function makeKernel(random: Random, dims: readonly number[], strides: readonly number[], most: number) {
  const [inputs = 1, outputs = 1, kh = 1, kw = 1] = dims
  const [sy = 1, sx = 1] = strides
  const weights = new Float32Array(elementsOf(dims))
  const bias = new Float32Array(outputs)
  for (let channel = 0; channel < outputs; channel++) {
    const budget = channel % 3 === 0 ? F32_BUDGET : (F32_BUDGET - 1) / 2
    for (let residue = 0; residue < sy * sx; residue++) {
      const taps = Array.from({ length: inputs * kh * kw }, (_, i) => i).filter(
        (i) => (Math.floor(i / kw) % kh) % sy === Math.floor(residue / sx) && (i % kw) % sx === residue % sx,
      )
      if (taps.length === 0) continue
      const own = exhaustingWeights(random, taps.length, { budget, most, channel })
      taps.forEach((tap, i) => {
        const input = Math.floor(tap / (kh * kw))
        weights[(input * outputs + channel) * kh * kw + (tap % (kh * kw))] = own.weights[i] ?? 0
      })
      bias[channel] = own.bias
    }
  }
  return { weights, bias }
}

/** Extreme values; each second pixel takes some output's sum to an end of its range. */
function makeImage(
  random: Random,
  { dims, lo, hi }: { dims: readonly number[]; lo: number; hi: number },
  weightDims: readonly number[],
  weights: Float32Array,
): Int32Array {
  const [, channels = 1, height = 1, width = 1] = dims
  const [, outputs = 1, kh = 1, kw = 1] = weightDims
  const data = Int32Array.from(extremes(random, elementsOf(dims), lo, hi))
  for (let pixel = 0; pixel < height * width; pixel += 2) {
    const [output, tap] = [random(0, outputs - 1), random(0, kh * kw - 1)]
    for (let c = 0; c < channels; c++)
      data[c * height * width + pixel] = (weights[(c * outputs + output) * kh * kw + tap] ?? 0) < 0 ? lo : hi
  }
  return data
}

function expectedOf(node: OnnxNode, [x, weights, bias]: readonly Value[]) {
  const [inputs = 1, outputs = 1, kh = 1, kw = 1] = weights?.dims ?? []
  const channels = spread(outputs, CHANNELS_CHECKED)
  const some = new Float32Array(inputs * channels.length * kh * kw)
  for (let m = 0; m < inputs; m++) {
    channels.forEach((o, c) => {
      for (let tap = 0; tap < kh * kw; tap++)
        some[(m * channels.length + c) * kh * kw + tap] = Number(weights?.data[(m * outputs + o) * kh * kw + tap])
    })
  }
  const [sums] = evaluate(node, [
    x,
    { type: 'f32', dims: [inputs, channels.length, kh, kw], data: some },
    { type: 'f32', dims: [channels.length], data: Float32Array.from(channels, (o) => Number(bias?.data[o])) },
  ])
  const each = elementsOf(sums?.dims.slice(2) ?? [])
  const at = channels.flatMap((o) => Array.from({ length: each }, (_, i) => o * each + i))
  return { output: 'y', at, values: sums?.data ?? new Float32Array(0) }
}
