import { elementsOf } from '../../value.ts'
import { tensor } from '../values.ts'
import {
  type Builder,
  choose,
  constant,
  emit,
  isFloat,
  type Known,
  MOST_ELEMENTS,
  type Move,
  magnitude,
  offer,
} from './builder.ts'
import { dress } from './dress.ts'
import { asRank4, asType, castTo, settle } from './settle.ts'
import { type Channel, channelOf } from './weights.ts'

/** Most units that each float type counts without a gap. */
const BUDGET = { f32: 2 ** 24, f64: 2 ** 52 } as const

/** Channel counts on both sides of the widths in which kernels work. */
const COUNTS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 32, 33]

type Layer = {
  readonly channels: readonly Channel[]
  readonly shifts: readonly number[]
  readonly lo: number
  readonly hi: number
}

/** Weights of as many channels, each at its own limit, and what comes out where each of `taps` is met by any input, or by none. */
function layerOf(builder: Builder, count: number, taps: number, x: Known, budget: number): Layer {
  const { random } = builder
  // A budget not used up leaves room for scales and residuals after the sum.
  const most = random.chance(0.6) ? budget : random.int(Math.min(magnitude(x) * taps, budget), budget)
  const channels = Array.from({ length: count }, () => channelOf(random, taps, magnitude(x), most))
  const bits = Math.floor(Math.log2(most))
  // What is left after the shift is most often of some use: a few bits to sixteen.
  const shift = () => (random.chance(0.1) ? random.int(0, bits + 4) : Math.max(0, bits - random.int(4, 16)))
  const same = random.chance(0.2) ? 0 : shift()
  const shifts = random.chance(0.4) ? channels.map(() => same) : channels.map(shift)
  const bound = channels.map(({ weights, bias }, i) => {
    const total = weights.reduce((sum, weight) => sum + Math.abs(weight), 0) * magnitude(x) + Math.abs(bias)
    return total * 2 ** -(shifts[i] as number)
  })
  const hi = Math.max(...bound, 0)
  return { channels, shifts, lo: -hi, hi }
}

const scaled = ({ channels, shifts }: Layer): number[] =>
  channels.flatMap(({ weights }, i) => weights.map((weight) => weight * 2 ** -(shifts[i] as number)))
const biases = ({ channels, shifts }: Layer): number[] =>
  channels.map(({ bias }, i) => bias * 2 ** -(shifts[i] as number))
const unitOf = ({ shifts }: Layer): number => -Math.max(...shifts)

function imageOf(builder: Builder): Known | undefined {
  const chosen = choose(
    builder,
    ({ dims, type }) => type !== 'bool' && elementsOf(dims) > 0 && !(builder.openBatch && dims.length === 0),
  )
  return chosen && asRank4(builder, asType(builder, chosen, 'f32', builder.random.pick([127, 255, 255, 4095, 2 ** 15])))
}

export const convolve: Move = (builder) => {
  const { random } = builder
  const x = imageOf(builder)
  if (x === undefined) return false
  const [batch, channels, height, width] = x.dims as [number, number, number, number]
  const group = random.pick([1, 1, 1, channels, ...(channels % 2 === 0 ? [2] : [])])
  const made = group === 1 ? random.pick(COUNTS) : group * random.pick(group === channels ? [1, 1, 2] : [1, 2, 4])
  const pads = Array.from({ length: 4 }, () => (random.chance(0.5) ? 1 : random.int(0, 2)))
  const kernel = [
    random.int(1, Math.min(5, height + (pads[0] as number) + (pads[2] as number))),
    random.int(1, Math.min(5, width + (pads[1] as number) + (pads[3] as number))),
  ] as const
  const strides = random.pick([
    [1, 1],
    [1, 1],
    [2, 2],
    [1, 2],
    [3, 1],
  ])
  const outer = [height, width].map(
    (length, axis) =>
      Math.floor(
        (length + (pads[axis] as number) + (pads[axis + 2] as number) - (kernel[axis] as number)) /
          (strides[axis] as number),
      ) + 1,
  )
  const dims = [batch, made, ...outer]
  const taps = (channels / group) * kernel[0] * kernel[1]
  if (elementsOf(dims) > MOST_ELEMENTS || taps * made > 40_000) return false
  const layer = layerOf(builder, made, taps, x, BUDGET.f32)
  const inputs = [x.name, constant(builder, tensor('f32', scaled(layer), [made, channels / group, ...kernel]))]
  if (random.chance(0.8) || layer.channels.some(({ bias }) => bias !== 0))
    inputs.push(constant(builder, tensor('f32', biases(layer))))
  const { lo, hi } = layer
  const attributes = { group, pads, strides, kernel_shape: kernel, dilations: [1, 1] }
  const [plane, first] = [height * width, layer.channels[0]?.weights ?? []]
  builder.aims.push((index) => {
    const [c, row, column] = [Math.floor(index / plane) % channels, Math.floor(index / width) % height, index % width]
    return first[((c % (channels / group)) * kernel[0] + (row % kernel[0])) * kernel[1] + (column % kernel[1])] ?? 0
  })
  const sums = emit(builder, 'Conv', inputs, { type: 'f32', dims, lo, hi, unit: unitOf(layer) }, attributes)
  return offer(builder, settle(builder, dress(builder, sums, layer.shifts, [made, 1, 1])))
}

export const convolveTransposed: Move = (builder) => {
  const { random } = builder
  const x = imageOf(builder)
  if (x === undefined) return false
  const [batch, channels, height, width] = x.dims as [number, number, number, number]
  const made = random.pick([1, 2, 3, 8, 16, 17])
  const strides = random.pick([
    [1, 1],
    [2, 2],
    [2, 1],
  ])
  const kernel = random.pick([
    [1, 1],
    [2, 2],
    [3, 3],
    [3, 2],
  ])
  const pads = kernel.every((length) => length > 1) && random.chance(0.5) ? [1, 0, 0, 1] : [0, 0, 0, 0]
  const outer = [height, width].map(
    (length, axis) =>
      (length - 1) * (strides[axis] as number) +
      (kernel[axis] as number) -
      (pads[axis] as number) -
      (pads[axis + 2] as number),
  )
  const dims = [batch, made, ...outer]
  if (elementsOf(dims) > MOST_ELEMENTS || outer.some((length) => length < 1)) return false
  const area = (kernel[0] as number) * (kernel[1] as number)
  const layer = layerOf(builder, made, channels * area, x, BUDGET.f32)
  // Channel by channel made here, in the file by the channels read first.
  const weights = Array.from({ length: channels * made * area }, (_, at) => {
    const [c, m, tap] = [Math.floor(at / (made * area)), Math.floor(at / area) % made, at % area]
    return (layer.channels[m]?.weights[c * area + tap] as number) * 2 ** -(layer.shifts[m] as number)
  })
  const inputs = [
    x.name,
    constant(builder, tensor('f32', weights, [channels, made, ...kernel])),
    constant(builder, tensor('f32', biases(layer))),
  ]
  const { lo, hi } = layer
  const attributes = { pads, strides, kernel_shape: kernel }
  const first = layer.channels[0]?.weights ?? []
  builder.aims.push((index) => first[(Math.floor(index / (height * width)) % channels) * area] ?? 0)
  const sums = emit(builder, 'ConvTranspose', inputs, { type: 'f32', dims, lo, hi, unit: unitOf(layer) }, attributes)
  return offer(builder, settle(builder, dress(builder, sums, layer.shifts, [made, 1, 1])))
}

const isMatrix = ({ dims, type }: Known): boolean => dims.length >= 2 && type !== 'bool' && (dims.at(-1) ?? 0) > 0

/** A product with constant columns, in either float type. */
export const multiplyByWeights: Move = (builder) => {
  const { random } = builder
  const chosen = choose(builder, isMatrix)
  if (chosen === undefined) return false
  const type = random.pick(['f32', 'f32', 'f64'] as const)
  const x = asType(builder, chosen, type, random.pick([127, 255, 4095, 2 ** 15, ...(type === 'f64' ? [2 ** 24] : [])]))
  const depth = x.dims.at(-1) as number
  const made = random.pick(COUNTS)
  const dims = [...x.dims.slice(0, -1), made]
  if (elementsOf(dims) > MOST_ELEMENTS || depth * made > 40_000) return false
  const layer = layerOf(builder, made, depth, x, BUDGET[type])
  const columns = layer.channels.map(({ weights }, m) =>
    weights.map((weight) => weight * 2 ** -(layer.shifts[m] as number)),
  )
  const rows = Array.from({ length: depth }, (_, k) => columns.map((column) => column[k] as number)).flat()
  const { lo, hi } = layer
  const known = { type, dims, lo, hi, unit: unitOf(layer) }
  const weights = constant(builder, tensor(type, rows, [depth, made]))
  builder.aims.push((index) => columns[0]?.[index % depth] ?? 0)
  const sums = emit(builder, 'MatMul', [x.name, weights], known)
  return offer(builder, settle(builder, dress(builder, sums, layer.shifts, [made])))
}

/** A product whose constant stands on the left: its bound is that of any matrices of such elements. */
export const multiplyFromLeft: Move = (builder) => {
  const { random } = builder
  const chosen = choose(builder, (known) => isMatrix(known) && known.dims.length >= (builder.openBatch ? 3 : 2))
  if (chosen === undefined) return false
  const type = random.pick(['f32', 'f64'] as const)
  const x = asType(builder, chosen, type, random.pick([127, 4095]))
  const [depth, columns] = x.dims.slice(-2) as [number, number]
  const made = random.pick(COUNTS)
  const dims = [...x.dims.slice(0, -2), made, columns]
  const most = Math.min(Math.floor(BUDGET[type] / Math.max(1, magnitude(x)) / depth), 2 ** 24)
  if (elementsOf(dims) > MOST_ELEMENTS || most < 1 || depth === 0) return false
  const shift = random.int(0, Math.floor(Math.log2(most)) + 2)
  const elements = Array.from(
    { length: made * depth },
    () => random.pick([most, -most, random.int(-most, most)]) * 2 ** -shift,
  )
  const weights = constant(builder, tensor(type, elements, [made, depth]))
  const reach = depth * most * 2 ** -shift * magnitude(x)
  const sums = emit(builder, 'MatMul', [weights, x.name], { type, dims, lo: -reach, hi: reach, unit: -shift })
  return offer(builder, settle(builder, dress(builder, sums, [shift], [made, 1])))
}

/** A product of what depends on the inputs with itself transposed, as attention has it. */
export const multiplyTogether: Move = (builder) => {
  const { random } = builder
  const least = builder.openBatch ? 3 : 2
  const chosen = choose(builder, (known) => isMatrix(known) && known.dims.length >= least)
  if (chosen === undefined) return false
  const type = random.pick(['f32', 'f64'] as const)
  const depth = chosen.dims.at(-1) as number
  const most = Math.floor(Math.sqrt(Math.min(BUDGET[type], 2 ** 31) / depth))
  const x = asType(builder, chosen, type, most)
  const rank = x.dims.length
  const order = x.dims.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis))
  const turned = emit(
    builder,
    'Transpose',
    [x.name],
    { ...x, dims: order.map((axis) => x.dims[axis] as number) },
    { perm: order },
  )
  const length = x.dims.at(-2) as number
  const dims = [...x.dims.slice(0, -1), length]
  if (elementsOf(dims) > MOST_ELEMENTS) return false
  const reach = depth * magnitude(x) ** 2
  return offer(builder, emit(builder, 'MatMul', [x.name, turned.name], { type, dims, lo: -reach, hi: reach }))
}

/** Bytes by bytes, with and without zero points. */
export const multiplyBytes: Move = (builder) => {
  const { random } = builder
  const chosen = choose(builder, isMatrix)
  if (chosen === undefined) return false
  const x = asType(builder, chosen, 'u8')
  const depth = x.dims.at(-1) as number
  const made = random.pick(COUNTS)
  const dims = [...x.dims.slice(0, -1), made]
  if (elementsOf(dims) > MOST_ELEMENTS || depth * made > 40_000) return false
  const bytes = random.pick([
    () => 255,
    () => random.pick([0, 255]),
    () => random.int(0, 255),
    () => random.int(127, 129),
  ])
  const weights = constant(builder, tensor('u8', Array.from({ length: depth * made }, bytes), [depth, made]))
  const inputs = [x.name, weights]
  if (random.chance(0.6)) {
    inputs.push(constant(builder, tensor('u8', [random.pick([0, 128, 255])], [])))
    if (random.chance(0.7)) inputs.push(constant(builder, tensor('u8', [random.pick([0, 128, 255])], [])))
  }
  const reach = depth * 255 * 255
  const sums = emit(builder, 'MatMulInteger', inputs, { type: 'i32', dims, lo: -reach, hi: reach })
  offer(builder, sums)
  if (random.chance(0.5) || !isFloat(sums)) offer(builder, castTo(builder, sums, 'f64'))
  return true
}
