import type { Expression, ExpressionOf, Fold } from '../../expression/schema.ts'
import { type Axes, along, type Computation, integerOf, operand, type Scaled, whole } from '../computation.ts'
import { broadcastOf, coordinatesOf, storedOrder, within } from '../places.ts'
import { greatest, least } from './elementwise.ts'

/** A fold's states, how one term changes them, and what comes of the last. */
export type FoldRule<E> = {
  readonly shape: (node: E, of: Computation) => Axes
  readonly terms: (node: E, of: Computation) => number
  readonly start: bigint
  readonly take: (state: bigint, node: E, at: Axes, term: number, of: Computation) => bigint
  readonly finish: (state: bigint, node: E, at: Axes, of: Computation) => Scaled
}

const LEAST_STATE = -(1n << 127n)
const GREATEST_STATE = (1n << 127n) - 1n
const INDEX_BITS = 64n
const LAST_INDEX = (1n << INDEX_BITS) - 1n

/** The exponent of an operand's numbers: constants state it, anything else that is folded is whole. */
const unitOf = (node: Expression): number => (node.op === 'constant' || node.op === 'number' ? node.unit : 0)

/** An operand's element as a number of its units. */
function countAt(node: Expression, at: Axes, of: Computation): bigint {
  const value = of.value(node, at)
  return node.op === 'constant' || node.op === 'number' ? value.m : integerOf(value)
}

const productUnit = (node: Fold): number => unitOf(operand(node, 0)) + unitOf(operand(node, 1))

/** Window rows, window columns and channels from the outermost to the innermost: which of each a term is. */
function tapOf(term: number, columns: number, channels: number): [row: number, column: number, channel: number] {
  const tap = Math.floor(term / channels)
  return [Math.floor(tap / columns), tap % columns, term % channels]
}

const isInside = (x: Axes, row: number, column: number): boolean =>
  row >= 0 && row < along(x, 2) && column >= 0 && column < along(x, 3)

type Convolution = ExpressionOf<'conv' | 'transposedConv'>

/** Adds the product of an element of x and one of the weights, if the former is not on padding. */
function addProduct(state: bigint, node: Convolution, [x, w]: [Axes, Axes], of: Computation): bigint {
  const [input, weights] = [operand(node, 0), operand(node, 1)]
  if (!isInside(of.shape(input), along(x, 2), along(x, 3))) return state
  return state + countAt(input, x, of) * countAt(weights, w, of)
}

function withBias(state: bigint, node: Convolution, at: Axes, of: Computation): Scaled {
  const u = productUnit(node)
  if (!node.biased) return { m: state, u }
  const bias = of.value(operand(node, 2), [along(at, 1)])
  const unit = Math.min(u, bias.u)
  return { m: (state << BigInt(u - unit)) + (bias.m << BigInt(bias.u - unit)), u: unit }
}

const conv: FoldRule<ExpressionOf<'conv'>> = {
  shape({ args, strides, padding }, of) {
    const [x = [], w = []] = args.map(of.shape)
    const length = (axis: 0 | 1) =>
      Math.floor(
        (along(x, axis + 2) + along(padding, axis) + along(padding, axis + 2) - along(w, axis + 2)) /
          along(strides, axis),
      ) + 1
    return [along(x, 0), along(w, 0), length(0), length(1)]
  },
  terms: (node, of) =>
    of
      .shape(operand(node, 1))
      .slice(1)
      .reduce((a, b) => a * b, 1),
  start: 0n,
  take(state, node, at, term, of) {
    const w = of.shape(operand(node, 1))
    const [row, column, channel] = tapOf(term, along(w, 3), along(w, 1))
    const [n = 0, made = 0, i = 0, j = 0] = at
    const first = Math.floor((made * node.group) / along(w, 0)) * along(w, 1)
    const y = i * along(node.strides, 0) + row - along(node.padding, 0)
    const x = j * along(node.strides, 1) + column - along(node.padding, 1)
    return addProduct(
      state,
      node,
      [
        [n, first + channel, y, x],
        [made, channel, row, column],
      ],
      of,
    )
  },
  finish: withBias,
}

const transposedConv: FoldRule<ExpressionOf<'transposedConv'>> = {
  shape({ args, strides, padding }, of) {
    const [x = [], w = []] = args.map(of.shape)
    const length = (axis: 0 | 1) =>
      (along(x, axis + 2) - 1) * along(strides, axis) +
      along(w, axis + 2) -
      along(padding, axis) -
      along(padding, axis + 2)
    return [along(x, 0), along(w, 1), length(0), length(1)]
  },
  terms(node, of) {
    const [channels = 0, , rows = 0, columns = 0] = of.shape(operand(node, 1))
    return channels * rows * columns
  },
  start: 0n,
  take(state, node, [n = 0, made = 0, i = 0, j = 0], term, of) {
    const w = of.shape(operand(node, 1))
    const [row, column, channel] = tapOf(term, along(w, 3), along(w, 0))
    const y = (i + along(node.padding, 0) - row) / along(node.strides, 0)
    const x = (j + along(node.padding, 1) - column) / along(node.strides, 1)
    if (!Number.isInteger(y) || !Number.isInteger(x)) return state
    return addProduct(
      state,
      node,
      [
        [n, channel, y, x],
        [channel, made, row, column],
      ],
      of,
    )
  },
  finish: withBias,
}

/** Rows of x times columns of y, batches broadcast. */
function productRule<E extends ExpressionOf<'product' | 'integerProduct'>>(
  zeroPoint: (node: E, operand: 0 | 1) => bigint,
): FoldRule<E> {
  return {
    shape({ args }, of) {
      const [x = [], y = []] = args.map(of.shape)
      return [...broadcastOf(x.slice(0, -2), y.slice(0, -2)), along(x, x.length - 2), along(y, y.length - 1)]
    },
    terms: (node, of) => of.shape(operand(node, 0)).at(-1) ?? 0,
    start: 0n,
    take(state, node, at, term, of) {
      const [x, y] = [operand(node, 0), operand(node, 1)]
      const [batch, row, column] = [at.slice(0, -2), along(at, at.length - 2), along(at, at.length - 1)]
      const placeIn = (of_: Axes) => within(of_.slice(0, -2), batch)
      const a = countAt(x, [...placeIn(of.shape(x)), row, term], of) - zeroPoint(node, 0)
      const b = countAt(y, [...placeIn(of.shape(y)), term, column], of) - zeroPoint(node, 1)
      return state + a * b
    },
    finish: (state, node) => ({ m: state, u: productUnit(node) }),
  }
}

type Reduction = ExpressionOf<'sum' | 'greatest' | 'least' | 'place'>

const axesOf = (node: Reduction): Axes => (node.op === 'place' ? [node.axis] : node.axes)

/** Coordinates of a term: those of the result, and along the axes reduced its own. */
function termPlace(node: Reduction, at: Axes, term: number, x: Axes): number[] {
  const axes = axesOf(node)
  const order = storedOrder(x.length).filter((axis) => axes.includes(axis))
  const own = coordinatesOf(
    x.map((length, axis) => (axes.includes(axis) ? length : 1)),
    term,
    order,
  )
  const kept = at.values()
  return own.map((place, axis) => {
    if (!axes.includes(axis)) return kept.next().value ?? 0
    if (node.keep) kept.next()
    return place
  })
}

const reductionShape = (node: Reduction, of: Computation): Axes =>
  of
    .shape(operand(node, 0))
    .flatMap((length, axis) => (axesOf(node).includes(axis) ? (node.keep ? [1] : []) : [length]))

const reduction = <E extends Reduction>(
  start: bigint,
  take: (state: bigint, m: bigint, place: Axes, node: E) => bigint,
  finish: (state: bigint, node: E) => Scaled = (m, node) => ({ m, u: unitOf(operand(node, 0)) }),
): FoldRule<E> => ({
  shape: reductionShape,
  terms: (node, of) => axesOf(node).reduce((count, axis) => count * along(of.shape(operand(node, 0)), axis), 1),
  start,
  take(state, node, at, term, of) {
    const x = operand(node, 0)
    const place = termPlace(node, at, term, of.shape(x))
    return take(state, countAt(x, place, of), place, node)
  },
  finish,
})

const maxPool: FoldRule<ExpressionOf<'maxPool'>> = {
  shape({ args, window, strides, padding }, of) {
    const [[n = 0, channels = 0, ...lengths] = []] = args.map(of.shape)
    const [rows, columns] = [0, 1].map(
      (axis) =>
        Math.floor(
          (along(lengths, axis) + along(padding, axis) + along(padding, axis + 2) - along(window, axis)) /
            along(strides, axis),
        ) + 1,
    )
    return [n, channels, rows ?? 0, columns ?? 0]
  },
  terms: ({ window }) => along(window, 0) * along(window, 1),
  start: LEAST_STATE,
  take(state, node, [n = 0, channel = 0, i = 0, j = 0], term, of) {
    const x = operand(node, 0)
    const [row, column] = tapOf(term, along(node.window, 1), 1)
    const y = i * along(node.strides, 0) + row - along(node.padding, 0)
    const place = j * along(node.strides, 1) + column - along(node.padding, 1)
    return isInside(of.shape(x), y, place) ? greatest(state, countAt(x, [n, channel, y, place], of)) : state
  },
  finish: (m, node) => ({ m, u: unitOf(operand(node, 0)) }),
}

/** Folds as specs/formulas.md has them. */
export const FOLD_RULES: { readonly [K in Fold['op']]: FoldRule<ExpressionOf<K>> } = {
  conv,
  transposedConv,
  product: productRule(() => 0n),
  integerProduct: productRule(({ zeroPoints }, index) => BigInt(along(zeroPoints, index))),
  sum: reduction(0n, (state, m) => state + m),
  greatest: reduction(LEAST_STATE, greatest),
  least: reduction(GREATEST_STATE, least),
  place: reduction(
    LEAST_STATE,
    (state, m, place, { axis }) => greatest(state, (m << INDEX_BITS) + LAST_INDEX - BigInt(along(place, axis))),
    (state) => whole(LAST_INDEX - BigInt.asUintN(64, state)),
  ),
  maxPool,
}
