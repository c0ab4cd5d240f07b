import { DTYPE_BYTES } from '@stoa/protocol'
import type { Axes } from '../compute/computation.ts'
import { storedOrder } from '../compute/places.ts'
import type { Expression } from '../expression/schema.ts'
import type { NodeInputs, Translation } from './nodeInputs.ts'

/** Terms in a chunk, or bytes of them, so that one reads few leaves (specs/formulas.md, "Chunks"). */
const CHUNK = {
  weightedBytes: 128,
  windowTaps: 3,
  groupedTaps: 2,
  product: 2,
  along: 128,
  alongSeveral: 8,
  alongBytes: 512,
  across: 3,
} as const

/** Orders in which weights are stored: those of one output channel together, in the order of terms. */
const CONV_WEIGHTS = [0, 2, 3, 1]
const TRANSPOSED_WEIGHTS = [1, 2, 3, 0]

/** Bytes that an element of an operand takes in leaves. */
function widthOf(from: NodeInputs, index: number, operand: Expression | undefined): number {
  if (operand?.op === 'number') return 1
  return DTYPE_BYTES[operand?.op === 'constant' ? operand.type : from.facts(index).stored]
}

/** Most terms of a sum of products in a chunk: as many as either operand has in so many bytes. */
const weightedTerms = (from: NodeInputs, [x, weights]: readonly Expression[]): number =>
  CHUNK.weightedBytes / Math.max(widthOf(from, 0, x), widthOf(from, 1, weights))

/** Whole taps where a few fit a chunk, else parts of one. Between taps of a group lie the channels of the others. */
function windowChunk(channels: number, most: number, group: number): number {
  const taps = group > 1 ? CHUNK.groupedTaps : CHUNK.windowTaps
  return channels > most ? most : channels * Math.min(taps, Math.floor(most / channels))
}

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
  const [rest, group] = [convolution(from, CONV_WEIGHTS), from.attributes.int('group', 1)]
  const chunk = windowChunk(from.facts(1).dims[1] ?? 1, weightedTerms(from, rest.args), group)
  return { op: 'conv', chunk, group, ...rest }
}

const convTranspose: Translation = (from) => {
  const rest = convolution(from, TRANSPOSED_WEIGHTS)
  const chunk = windowChunk(from.facts(1).dims[0] ?? 1, weightedTerms(from, rest.args), 1)
  return { op: 'transposedConv', chunk, ...rest }
}

/** Both operands of a product; columns of a constant right one are stored as rows. */
function factors(from: NodeInputs): { chunk: number; args: Expression[] } {
  const rank = from.facts(1).dims.length
  const columns = [...Array(rank - 2).keys(), rank - 1, rank - 2]
  const args = [from.input(0), from.input(1, columns)]
  return { chunk: args[1]?.op === 'constant' ? weightedTerms(from, args) : CHUNK.product, args }
}

const matMul: Translation = (from) => ({ op: 'product', ...factors(from) })

const matMulInteger: Translation = (from) => {
  const zeroPoints = [2, 3].map((i) => (from.has(i) ? from.constant(i).lo : 0))
  return { op: 'integerProduct', zeroPoints, ...factors(from) }
}

/**
 * Terms that lie next to each other in storage can be many in a chunk; fewer where other axes are reduced as well, for then as few as one may lie together. An input of
 * rank 4 is stored otherwise than terms are counted.
 */
function reductionChunk(from: NodeInputs, x: Expression, axes: Axes): number {
  const rank = from.facts(0).dims.length
  const innermost = storedOrder(rank).at(-1)
  const isAlong = innermost !== undefined && axes.includes(innermost) && !(x.op === 'input' && rank === 4)
  if (!isAlong) return CHUNK.across
  return axes.length > 1 ? CHUNK.alongSeveral : Math.min(CHUNK.along, CHUNK.alongBytes / widthOf(from, 0, x))
}

const reduction =
  (op: 'sum' | 'greatest' | 'least'): Translation =>
  (from) => {
    const { dims } = from.facts(0)
    const given = from.has(1) ? from.integers(1) : []
    const axes = from.axes(given.length > 0 ? given : [...dims.keys()], dims.length)
    const x = from.input(0)
    const keep = from.attributes.int('keepdims', 1) === 1
    return { op, chunk: reductionChunk(from, x, axes), keep, axes, args: [x] }
  }

const argMax: Translation = (from) => {
  const { dims } = from.facts(0)
  const [axis = 0] = from.axes([from.attributes.int('axis', 0)], dims.length)
  const x = from.input(0)
  const keep = from.attributes.int('keepdims', 1) === 1
  return { op: 'place', chunk: reductionChunk(from, x, [axis]), keep, axis, args: [x] }
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
