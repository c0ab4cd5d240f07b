import type { ChannelFacts, Facts } from '../facts.ts'
import { corners, type Interval, magnitude, misfit, reachOf, union } from '../interval.ts'
import { DEFAULT_STORED, type NodeContext, type Rule } from '../rule.ts'
import type { ChannelSums } from '../weightSums.ts'
import { broadcast } from './broadcast.ts'

/** Terms of a sum of products that are constant: for each channel its weights' sums, and a bias. */
type Weighted = { sums: ChannelSums; bias?: Facts | undefined; axis: number; padded: boolean }

/** Facts of Σ w·x + b for each channel, with the proof that no partial sum, in any order, leaves the type. */
function weighted(node: NodeContext, x: Facts, dims: readonly number[], terms: Weighted): Facts {
  return { ...node.proved(() => weightedBounds(node, x, terms)), dims }
}

function weightedBounds(node: NodeContext, x: Facts, { sums, bias, axis, padded }: Weighted): Omit<Facts, 'dims'> {
  const channels = sums.unit.length
  const reach = magnitude(x)
  const [xLo, xHi] = padded ? [Math.min(x.lo, 0), Math.max(x.hi, 0)] : [x.lo, x.hi]
  const reaches = new Float64Array(channels)
  const facts: ChannelFacts = {
    axis,
    unit: new Int32Array(channels),
    lo: new Float64Array(channels),
    hi: new Float64Array(channels),
    reach: reaches,
  }
  let all: Interval | undefined
  for (let c = 0; c < channels; c++) {
    const [up, down] = [sums.positive[c] ?? 0, sums.negative[c] ?? 0]
    const b = bias ? Number(bias.known?.data[c]) : 0
    const unit = Math.min(sums.unit[c] ?? 0, bias ? biasUnit(bias, c) : 0)
    const own: Interval = {
      ...{ unit, lo: up * xLo - down * xHi + b, hi: up * xHi - down * xLo + b },
      reach: (up + down) * reach + Math.abs(b),
    }
    const why = misfit(x.type, own)
    if (why) node.refuse(`output channel ${c} sums ${why}`)
    facts.unit[c] = own.unit
    facts.lo[c] = own.lo
    facts.hi[c] = own.hi
    reaches[c] = reachOf(own)
    all = all ? union(all, own) : own
  }
  return { type: x.type, ...(all ?? { unit: 0, lo: 0, hi: 0 }), channels: facts, stored: DEFAULT_STORED[x.type] }
}

function biasUnit(bias: Facts, channel: number): number {
  const scaled = Number(bias.known?.data[channel])
  let unit = 0
  while (unit > bias.unit && !Number.isInteger(scaled * 2 ** -unit)) unit--
  return unit
}

/** Bias of a convolution: constant, one number for each output channel. */
function biasOf(node: NodeContext, channels: number): Facts | undefined {
  const bias = node.optional(2)
  if (!bias) return undefined
  node.known(2)
  if (bias.type !== 'f32' || bias.dims.length !== 1 || bias.dims[0] !== channels)
    node.refuse(`the bias must be f32 [${channels}]`)
  return bias
}

/** Attributes that convolutions share, for two spatial axes. */
function windowOf(node: NodeContext, weights: readonly number[]) {
  if (node.text('auto_pad', 'NOTSET') !== 'NOTSET') node.refuse('auto_pad must be NOTSET')
  if (node.ints('dilations', [1, 1]).join() !== '1,1') node.refuse('dilations must be 1')
  const kernel = weights.slice(2)
  if (Math.min(...kernel) < 1) node.refuse(`a kernel of ${kernel.join(' × ')}`)
  if (node.ints('kernel_shape', kernel).join() !== kernel.join()) node.refuse('kernel_shape is not that of the weights')
  const [strides, pads] = [node.ints('strides', [1, 1]), node.ints('pads', [0, 0, 0, 0])]
  const [sy = 0, sx = 0] = strides
  const [top = 0, left = 0, bottom = 0, right = 0] = pads
  if (strides.length !== 2 || pads.length !== 4 || sy < 1 || sx < 1) node.refuse('strides and pads must be of two axes')
  if (Math.min(top, left, bottom, right) < 0) node.refuse('pads must not be negative')
  return { kernel, sy, sx, top, left, bottom, right }
}

const conv: Rule = (node) => {
  const x = node.carried(0)
  node.types(x, 'f32')
  const weights = node.known(1)
  const [outputs = 0, perGroup = 0, kh = 0, kw = 0] = weights.dims
  const group = node.int('group', 1)
  const [n = 0, channels = 0, height = 0, width = 0] = x.dims
  if (weights.type !== 'f32' || weights.dims.length !== 4 || x.dims.length !== 4) node.refuse('needs f32 of rank 4')
  if (group < 1 || channels !== perGroup * group || outputs % group !== 0)
    node.refuse(`${channels} channels in ${group} groups do not match weights [${weights.dims.join(', ')}]`)
  const { sy, sx, top, left, bottom, right } = windowOf(node, weights.dims)
  const dims = [
    n,
    outputs,
    Math.floor((height + top + bottom - kh) / sy) + 1,
    Math.floor((width + left + right - kw) / sx) + 1,
  ]
  if (dims.some((dim) => dim < 1)) node.refuse(`[${x.dims.join(', ')}] is smaller than the kernel`)
  const each = perGroup * kh * kw
  const sums = node.sums.of(weights, 'conv', 0, { channels: outputs, phases: 1, slot: (i) => Math.floor(i / each) })
  const padded = top + left + bottom + right > 0
  return [weighted(node, x, dims, { sums, bias: biasOf(node, outputs), axis: 1, padded })]
}

const convTranspose: Rule = (node) => {
  const x = node.carried(0)
  node.types(x, 'f32')
  const weights = node.known(1)
  const [inputs = 0, outputs = 0, kh = 0, kw = 0] = weights.dims
  const [n = 0, channels = 0, height = 0, width = 0] = x.dims
  if (weights.type !== 'f32' || weights.dims.length !== 4 || x.dims.length !== 4) node.refuse('needs f32 of rank 4')
  if (node.int('group', 1) !== 1 || channels !== inputs) node.refuse('needs one group and weights for each channel')
  if (node.ints('output_padding', [0, 0]).some((p) => p !== 0)) node.refuse('output_padding must be 0')
  const { sy, sx, top, left, bottom, right } = windowOf(node, weights.dims)
  const dims = [n, outputs, (height - 1) * sy + kh - top - bottom, (width - 1) * sx + kw - left - right]
  if (dims.some((dim) => dim < 1)) node.refuse('nothing is left of the output')
  // An output element sees the taps of one residue modulo the strides.
  const sums = node.sums.of(weights, `transposed ${sy} ${sx}`, 0, {
    channels: outputs,
    phases: sy * sx,
    slot: (i) => {
      const [kx, ky, m] = [i % kw, Math.floor(i / kw) % kh, Math.floor(i / (kw * kh)) % outputs]
      return m * sy * sx + (ky % sy) * sx + (kx % sx)
    },
  })
  return [weighted(node, x, dims, { sums, bias: biasOf(node, outputs), axis: 1, padded: true })]
}

/** Shape of a matrix product by NumPy's rules; both operands of rank 2 or more. */
function productDims(node: NodeContext, a: readonly number[], b: readonly number[]): number[] {
  const [m = 0, k = 0] = a.slice(-2)
  const [rows = 0, n = 0] = b.slice(-2)
  if (a.length < 2 || b.length < 2 || k !== rows)
    node.refuse(`[${a.join(', ')}] and [${b.join(', ')}] can't be multiplied`)
  // ONNX Runtime 1.30.0 leaves the memory of a MatMulInteger without terms as it found it.
  if (k < 1) node.refuse('it sums no products')
  return [...broadcast(node, a.slice(0, -2), b.slice(0, -2)), m, n]
}

const matMul: Rule = (node) => {
  const [a, b] = [node.input(0), node.input(1)]
  node.types(a, 'f32', 'f64')
  if (a.type !== b.type) node.refuse(`${a.type} times ${b.type}`)
  const dims = productDims(node, a.dims, b.dims)
  if (b.known && b.dims.length === 2) {
    const columns = b.dims[1] ?? 0
    const sums = node.sums.of(b.known, 'columns', 0, { channels: columns, phases: 1, slot: (i) => i % columns })
    return [weighted(node, node.carried(0), dims, { sums, axis: dims.length - 1, padded: false })]
  }
  for (const index of [0, 1]) if (!node.input(index).known) node.carried(index)
  const length = a.dims.at(-1) ?? 0
  const bounds = timesLength(corners(a, b), length)
  return [node.uniform(a.type, dims, { ...bounds, reach: length * magnitude(a) * magnitude(b) })]
}

const matMulInteger: Rule = (node) => {
  const [a, b] = [node.carried(0), node.carried(1)]
  node.types(a, 'u8')
  node.types(b, 'u8')
  const dims = productDims(node, a.dims, b.dims)
  const length = a.dims.at(-1) ?? 0
  if (length * 255 * 255 >= 2 ** 31) node.refuse(`${length} products of two bytes do not fit i32`)
  const [za, zb] = [zeroPoint(node, 2), zeroPoint(node, 3)]
  const shifted = { unit: 0, lo: a.lo - za, hi: a.hi - za }
  if (b.known && b.dims.length === 2) {
    const columns = b.dims[1] ?? 0
    const sums = node.sums.of(b.known, `columns less ${zb}`, zb, {
      ...{ channels: columns, phases: 1, slot: (i: number) => i % columns },
    })
    const x: Facts = { ...a, ...shifted, type: 'i32' }
    return [weighted(node, x, dims, { sums, axis: dims.length - 1, padded: false })]
  }
  const other = { unit: 0, lo: b.lo - zb, hi: b.hi - zb }
  const bounds = timesLength(corners(shifted, other), length)
  return [node.uniform('i32', dims, bounds, { peak: length * magnitude(shifted) * magnitude(other) })]
}

function zeroPoint(node: NodeContext, index: number): number {
  const facts = node.optional(index)
  if (!facts) return 0
  node.types(facts, 'u8')
  return node.scalar(index)
}

const timesLength = ({ unit, lo, hi }: Interval, n: number): Interval => ({ unit, lo: n * lo, hi: n * hi })

export const PRODUCTS: Readonly<Record<string, Rule>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MatMul: matMul,
  MatMulInteger: matMulInteger,
}
