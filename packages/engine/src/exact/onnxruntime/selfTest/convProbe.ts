import type { OnnxNode } from '../../../onnx/model.ts'
import { Emitter, int } from '../../../quantize/emit/emitter.ts'
import type { Facts } from '../../profile/index.ts'
import { evaluate } from '../../reference/evaluate.ts'
import { elementsOf, type Value } from '../../value.ts'
import { type Expected, firstDifference, graphOf, intsOf, type Probe, plainNode, spread } from './probe.ts'
import { extremes, type Random, randomFrom } from './random.ts'
import { channelWeights, F32_BUDGET } from './weights.ts'

/** Longest side of an image in a probe: kernels are chosen by channels and window, and a few blocks of rows are as good as many. */
const LONGEST_SIDE = 24
const CHANNELS_CHECKED = 8

type Form = {
  readonly dims: readonly [number, number, number, number]
  readonly weightDims: readonly number[]
  readonly strides: readonly number[]
  readonly pads: readonly number[]
  readonly group: number
  readonly lo: number
  readonly hi: number
}

/**
 * A convolution of a node's form (channels, groups, window, strides, padding) with weights that use up the bound: alone, and with a `Clip` that ONNX Runtime
 * makes one kernel of. Compared with the reference at the corners and at places between, in some channels.
 */
export function convProbe(node: OnnxNode, x: Facts, weights: Facts): Probe {
  const [n = 1, channels = 1, height = 1, width = 1] = x.dims
  const form: Form = {
    dims: [Math.min(n, 2), channels, Math.min(height, LONGEST_SIDE), Math.min(width, LONGEST_SIDE)],
    weightDims: weights.dims,
    strides: intsOf(node, 'strides', [1, 1]),
    pads: intsOf(node, 'pads', [0, 0, 0, 0]),
    group: intsOf(node, 'group', [1])[0] ?? 1,
    ...{ lo: x.lo, hi: x.hi },
  }
  return {
    key: JSON.stringify(['Conv', form]),
    about: `Conv of ${channels} channels with weights [${weights.dims.join(', ')}] in ${form.group} groups`,
    make() {
      const random = randomFrom(channels * 131 + elementsOf(weights.dims))
      const kernel = makeKernel(random, form)
      const places = placesOf(form)
      const data = makeImage(random, form, kernel, places)
      const emit = new Emitter()
      const image = emit.cast(emit.input('x', 'i32', form.dims, { lo: x.lo, hi: x.hi }), 'f32')
      const product = (sign: number) => {
        const parts = [kernel.weights, kernel.bias].map((part, i) =>
          emit.f32(
            part.map((w) => w * sign),
            i === 0 ? form.weightDims : undefined,
          ),
        )
        return emit.node('Conv', [image, ...parts], Object.fromEntries(node.attributes))
      }
      emit.output(product(1), 'alone', 'f32')
      emit.output(emit.node('Clip', [product(-1), emit.f32(-F32_BUDGET), emit.f32(F32_BUDGET)]), 'clipped', 'f32')
      return {
        graph: graphOf(emit),
        inputs: new Map([['x', { type: 'i32', dims: form.dims, data }]]),
        check: (outputs) => firstDifference(outputs, expectedOf(form, kernel, places, data)),
      }
    },
  }
}

type Kernel = { readonly weights: Float32Array; readonly bias: Float32Array }
type Place = { readonly n: number; readonly y: number; readonly x: number; readonly channel: number }

function makeKernel(random: Random, { weightDims, lo, hi }: Form): Kernel {
  const [outputs = 1, ...rest] = weightDims
  const terms = elementsOf(rest)
  const weights = new Float32Array(outputs * terms)
  const bias = new Float32Array(outputs)
  channelWeights(random, outputs, terms, { budget: F32_BUDGET, most: Math.max(-lo, hi) }).forEach((own, channel) => {
    weights.set(own.weights, channel * terms)
    bias[channel] = own.bias
  })
  return { weights, bias }
}

function outputSides({ dims, weightDims, strides, pads }: Form): [number, number] {
  const side = (axis: 0 | 1) =>
    Math.floor(
      ((dims[2 + axis] ?? 0) + (pads[axis] ?? 0) + (pads[2 + axis] ?? 0) - (weightDims[2 + axis] ?? 1)) /
        (strides[axis] ?? 1),
    ) + 1
  return [side(0), side(1)]
}

/** Output elements to check: a grid that has the corners, and at each of them a channel whose weights the image is aligned with. */
function placesOf(form: Form): Place[] {
  const [height, width] = outputSides(form)
  const channels = spread(form.weightDims[0] ?? 1, CHANNELS_CHECKED)
  return spread(form.dims[0], 2).flatMap((n) =>
    spread(height, 3).flatMap((y) =>
      spread(width, 3).map((x, i) => ({ ...{ n, y, x }, channel: channels[(y + i) % channels.length] ?? 0 })),
    ),
  )
}

/** Every input element under a window, with its place in the window; undefined where the window reaches over the edge. */
function* windowOf({ dims, weightDims, strides, pads, group }: Form, place: Place, channel: number) {
  const [outputs = 1, perGroup = 1, kh = 1, kw = 1] = weightDims
  const [, channels, height, width] = dims
  const first = Math.floor(channel / (outputs / group)) * perGroup
  let tap = 0
  for (let c = 0; c < perGroup; c++) {
    for (let ky = 0; ky < kh; ky++) {
      for (let kx = 0; kx < kw; kx++) {
        const y = place.y * (strides[0] ?? 1) + ky - (pads[0] ?? 0)
        const x = place.x * (strides[1] ?? 1) + kx - (pads[1] ?? 0)
        const inside = y >= 0 && y < height && x >= 0 && x < width
        yield { tap, index: inside ? ((place.n * channels + first + c) * height + y) * width + x : undefined }
        tap++
      }
    }
  }
}

/** Extreme values everywhere; under the window of each place those that take its channel's sum to an end of its range. */
function makeImage(random: Random, form: Form, { weights }: Kernel, places: readonly Place[]): Int32Array {
  const data = Int32Array.from(extremes(random, elementsOf(form.dims), form.lo, form.hi))
  const terms = elementsOf(form.weightDims.slice(1))
  for (const place of places) {
    for (const { tap, index } of windowOf(form, place, place.channel)) {
      const weight = weights[place.channel * terms + tap] ?? 0
      if (index !== undefined) data[index] = weight < 0 ? form.lo : form.hi
    }
  }
  return data
}

/** By the reference: each window cut out as an image of its own, each channel as a group of its own. */
function expectedOf(form: Form, kernel: Kernel, places: readonly Place[], data: Int32Array): Expected[] {
  const [outputs = 1, ...window] = form.weightDims
  const terms = elementsOf(window)
  const channels = spread(outputs, CHANNELS_CHECKED)
  const patches = new Float32Array(places.length * channels.length * terms)
  const [height, width] = outputSides(form)
  const at: number[] = []
  places.forEach((place, p) => {
    channels.forEach((channel, c) => {
      const patch = (p * channels.length + c) * terms
      for (const { tap, index } of windowOf(form, place, channel))
        patches[patch + tap] = index === undefined ? 0 : (data[index] ?? 0)
      at.push(((place.n * outputs + channel) * height + place.y) * width + place.x)
    })
  })
  const weights = new Float32Array(channels.length * terms)
  channels.forEach((o, c) => {
    weights.set(kernel.weights.subarray(o * terms, (o + 1) * terms), c * terms)
  })
  const [perGroup = 1, ...sides] = window
  const operands: Value[] = [
    { type: 'f32', dims: [places.length, channels.length * perGroup, ...sides], data: patches },
    { type: 'f32', dims: [channels.length, ...window], data: weights },
    { type: 'f32', dims: [channels.length], data: Float32Array.from(channels, (o) => kernel.bias[o] ?? 0) },
  ]
  const [sums] = evaluate(plainNode('Conv', new Map([['group', int(channels.length)]])), operands)
  const values = sums?.data as Float32Array
  return [
    { output: 'alone', at, values },
    { output: 'clipped', at, values: values.map((v) => 0 - v) },
  ]
}
