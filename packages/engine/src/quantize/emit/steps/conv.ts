import type { ConvStep, Step } from '../../float/step.ts'
import { heldAt, type Lowering, plannedAt, unsupported } from '../context.ts'
import { int, ints } from '../emitter.ts'
import { type Held, isZero, NO_SHIFT, ofChannel } from '../held.ts'
import { magnitude } from '../quantized.ts'
import { toDyadic } from '../weights.ts'
import { requantised } from './requantised.ts'

/** A convolution whose weights absorb all scales: Conv or ConvTranspose, then Clip and Round. */
export const lowerConv: Lowering<Step & ConvStep> = (step, context) => {
  const { emitter } = context
  const x = heldAt(context, step.x, step)
  const grid = plannedAt(context, step)
  const { weights, bias } = dyadicWeights(step, x, grid.scales)
  const attributes = {
    kernel_shape: ints(step.weights.dims.slice(2)),
    strides: ints(step.strides),
    pads: ints(step.pads),
    ...(step.transposed ? {} : { group: int(step.group) }),
  }
  const inputs = [
    x.name,
    emitter.f32(weights, step.weights.dims, `${step.name}/weights`),
    emitter.f32(bias, undefined, `${step.name}/bias`),
  ]
  const sum = emitter.node(step.transposed ? 'ConvTranspose' : 'Conv', inputs, attributes, `${step.name}/sum`)
  return { name: requantised(context.emitter, sum, grid, step.name), ...grid, type: 'f32', shifts: NO_SHIFT }
}

/** Weights and biases in steps of the result for each step of the input. A shift of the input goes into the bias. */
function dyadicWeights(
  step: Step & ConvStep,
  x: Held,
  scales: Float64Array,
): { weights: Float64Array; bias: Float64Array } {
  const { dims, data } = step.weights
  const [weights, bias] = [new Float64Array(data.length), new Float64Array(step.bias.length)]
  const taps = (dims[2] as number) * (dims[3] as number)
  for (let o = 0; o < step.bias.length; o++) {
    const places = tapsOf(step, o, taps)
    const out = ofChannel(scales, o)
    const row = Float64Array.from(
      places,
      ({ at, channel }) => ((data[at] as number) * ofChannel(x.scales, channel)) / out,
    )
    const shift = isZero(x.shifts)
      ? 0
      : places.reduce((sum, { at, channel }) => sum + (data[at] as number) * ofChannel(x.shifts, channel), 0)
    const dyadic = toDyadic(row, ((step.bias[o] as number) + shift) / out, magnitude(x))
    if (!dyadic) throw unsupported(step, `the weights of output channel ${o} are too large for its range`)
    for (const [i, { at }] of places.entries()) weights[at] = dyadic.weights[i] as number
    bias[o] = dyadic.bias
  }
  return { weights, bias }
}

/** Where the weights of an output channel lie, and which input channel each multiplies. */
function tapsOf(step: ConvStep, o: number, taps: number): { at: number; channel: number }[] {
  const { dims } = step.weights
  if (step.transposed) {
    const [inputs, outputs] = [dims[0] as number, dims[1] as number]
    return Array.from({ length: inputs * taps }, (_, i) => {
      const channel = Math.floor(i / taps)
      return { at: (channel * outputs + o) * taps + (i % taps), channel }
    })
  }
  const each = dims[1] as number
  const first = Math.floor(o / ((dims[0] as number) / step.group)) * each
  return Array.from({ length: each * taps }, (_, i) => ({
    at: o * each * taps + i,
    channel: first + Math.floor(i / taps),
  }))
}
