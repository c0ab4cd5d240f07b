import type { Axes } from '../compute/computation.ts'
import { storedOrder } from '../compute/places.ts'
import type { Expression } from '../expression/schema.ts'
import type { NodeInputs, Translation } from './nodeInputs.ts'

/** Terms in a chunk, so that one reads few leaves (specs/formulas.md, "Chunks"). */
const CHUNK = { weighted: 256, product: 4, along: 128, across: 4, windowTaps: 3 } as const

/** Orders in which weights are stored: those of one output channel together, in the order of terms. */
const CONV_WEIGHTS = [0, 2, 3, 1]
const TRANSPOSED_WEIGHTS = [1, 2, 3, 0]

/** Whole taps where a few fit a chunk, else parts of one. */
const windowChunk = (channels: number): number =>
  channels > CHUNK.weighted
    ? CHUNK.weighted
    : channels * Math.min(CHUNK.windowTaps, Math.floor(CHUNK.weighted / channels))

const convolution = (from: NodeInputs, weights: Axes) => {
  const biased = from.has(2)
  const bias: Expression[] = biased ? [from.input(2)] : []
  return {
    strides: from.attributes.ints('strides', [1, 1]),
    padding: from.attributes.ints('pads', [0, 0, 0, 0]),
    biased,
    args: [from.input(0), from.input(1, weights), ...bias],
  }
}

const conv: Translation = (from) => {
  const chunk = windowChunk(from.facts(1).dims[1] ?? 1)
  return { op: 'conv', chunk, group: from.attributes.int('group', 1), ...convolution(from, CONV_WEIGHTS) }
}

const convTranspose: Translation = (from) => {
  const chunk = windowChunk(from.facts(1).dims[0] ?? 1)
  return { op: 'transposedConv', chunk, ...convolution(from, TRANSPOSED_WEIGHTS) }
}

/** Both operands of a product; columns of a constant right one are stored as rows. */
function factors(from: NodeInputs): { chunk: number; args: Expression[] } {
  const rank = from.facts(1).dims.length
  const columns = [...Array(rank - 2).keys(), rank - 1, rank - 2]
  const args = [from.input(0), from.input(1, columns)]
  return { chunk: args[1]?.op === 'constant' ? CHUNK.weighted : CHUNK.product, args }
}

const matMul: Translation = (from) => ({ op: 'product', ...factors(from) })

const matMulInteger: Translation = (from) => {
  const zeroPoints = [2, 3].map((i) => (from.has(i) ? from.constant(i).lo : 0))
  return { op: 'integerProduct', zeroPoints, ...factors(from) }
}

/** Terms that lie next to each other in storage can be many in a chunk. An input of rank 4 is stored otherwise than terms are counted. */
function reductionChunk(x: Expression, rank: number, axes: Axes): number {
  const innermost = storedOrder(rank).at(-1)
  const isAlong = innermost !== undefined && axes.includes(innermost) && !(x.op === 'input' && rank === 4)
  return isAlong ? CHUNK.along : CHUNK.across
}

const reduction =
  (op: 'sum' | 'greatest' | 'least'): Translation =>
  (from) => {
    const { dims } = from.facts(0)
    const given = from.has(1) ? from.integers(1) : []
    const axes = from.axes(given.length > 0 ? given : [...dims.keys()], dims.length)
    const x = from.input(0)
    const keep = from.attributes.int('keepdims', 1) === 1
    return { op, chunk: reductionChunk(x, dims.length, axes), keep, axes, args: [x] }
  }

const argMax: Translation = (from) => {
  const { dims } = from.facts(0)
  const [axis = 0] = from.axes([from.attributes.int('axis', 0)], dims.length)
  const x = from.input(0)
  const keep = from.attributes.int('keepdims', 1) === 1
  return { op: 'place', chunk: reductionChunk(x, dims.length, [axis]), keep, axis, args: [x] }
}

const maxPool: Translation = ({ attributes, input }) => ({
  op: 'maxPool',
  chunk: CHUNK.windowTaps,
  window: attributes.ints('kernel_shape', []),
  strides: attributes.ints('strides', [1, 1]),
  padding: attributes.ints('pads', [0, 0, 0, 0]),
  args: [input(0)],
})

export const FOLDING_NODES: Readonly<Record<string, Translation>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MatMul: matMul,
  MatMulInteger: matMulInteger,
  ReduceSum: reduction('sum'),
  ReduceMax: reduction('greatest'),
  ReduceMin: reduction('least'),
  ArgMax: argMax,
  MaxPool: maxPool,
}
