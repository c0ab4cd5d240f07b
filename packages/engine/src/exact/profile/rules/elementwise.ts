import type { ExactType } from '../../value.ts'
import { type ChannelFacts, type Facts, isCarried, type StoredType } from '../facts.ts'
import {
  corners,
  INTEGER_RANGE,
  type Interval,
  magnitude,
  misfit,
  reachOf,
  reachOfTwo,
  roundEven,
  union,
} from '../interval.ts'
import { DEFAULT_STORED, type NodeContext, type Rule } from '../rule.ts'
import { broadcast } from './broadcast.ts'

const ARITHMETIC_TYPES: readonly ExactType[] = ['f32', 'f64', 'i32', 'i64']

/** Bounds of a result, and the greatest magnitude met on the way to it where that is more. */
type Bounds = Interval & { peak?: number }

/** Applies `bound` to the bounds of each channel where the operand has such, else to those of the whole. */
function perChannel(
  node: NodeContext,
  x: Facts,
  dims: readonly number[],
  type: ExactType,
  bound: (x: Interval, channel: number) => Bounds,
  channels = x.channels,
): Facts {
  if (!channels) {
    const { peak, ...interval } = bound(x, 0)
    return node.uniform(type, dims, interval, peak === undefined ? {} : { peak })
  }
  return { ...node.proved(() => channelBounds(node, channels, type, bound)), dims }
}

function channelBounds(
  node: NodeContext,
  { axis, unit, lo, hi, reach }: ChannelFacts,
  type: ExactType,
  bound: (x: Interval, channel: number) => Bounds,
): Omit<Facts, 'dims'> {
  const own = Array.from(unit, (u, c) => bound({ unit: u, lo: lo[c] ?? 0, hi: hi[c] ?? 0, reach: reach?.[c] }, c))
  own.forEach((bounds, c) => {
    const why = misfit(type, bounds, bounds.peak)
    if (why) node.refuse(`channel ${c} holds ${why}`)
  })
  const facts = {
    axis,
    unit: Int32Array.from(own, (bounds) => bounds.unit),
    lo: Float64Array.from(own, (bounds) => bounds.lo),
    hi: Float64Array.from(own, (bounds) => bounds.hi),
    reach: own.some((bounds) => bounds.reach !== undefined) ? Float64Array.from(own, reachOf) : undefined,
  }
  const all = own.reduce<Interval>(union, own[0] ?? { unit: 0, lo: 0, hi: 0 })
  return {
    type,
    unit: all.unit,
    lo: all.lo,
    hi: all.hi,
    reach: all.reach,
    channels: facts,
    stored: DEFAULT_STORED[type],
  }
}

/** Facts that hold for all channels together, where the widest range in the smallest unit still fits. */
function whole(node: NodeContext, x: Facts): Facts {
  return x.channels ? node.uniform(x.type, x.dims, x, { stored: x.stored }) : x
}

/** The one axis along which a constant differs, counted in an output of `rank`; undefined if there are more. -1: none. */
function axisOf(dims: readonly number[], rank: number): number | undefined {
  const long = dims.flatMap((dim, i) => (dim === 1 ? [] : [i - dims.length + rank]))
  return long.length > 1 ? undefined : (long[0] ?? -1)
}

/** An operand beside a constant that has one value, or one for each channel, keeps (or gets) bounds by channel. */
function besideConstant(
  node: NodeContext,
  x: Facts,
  constant: Facts,
  dims: readonly number[],
  bound: (x: Interval, c: Interval) => Bounds,
): Facts | undefined {
  const value = constant.known
  const axis = value && axisOf(constant.dims, dims.length)
  if (!value || axis === undefined || x.dims.length !== dims.length || x.known) return undefined
  const at = (c: number): Interval => {
    const number = Number(value.data[axis < 0 ? 0 : c])
    return { unit: constantUnit(constant, number), lo: number, hi: number }
  }
  if (axis < 0) return perChannel(node, x, dims, x.type, (own) => bound(own, at(0)))
  if (x.channels && (x.channels.axis !== axis || x.channels.unit.length !== value.data.length)) return undefined
  const length = value.data.length
  const channels = x.channels ?? {
    axis,
    unit: new Int32Array(length).fill(x.unit),
    lo: new Float64Array(length).fill(x.lo),
    hi: new Float64Array(length).fill(x.hi),
    reach: x.reach === undefined ? undefined : new Float64Array(length).fill(x.reach),
  }
  return perChannel(node, x, dims, x.type, (own, c) => bound(own, at(c)), channels)
}

function constantUnit(constant: Facts, x: number): number {
  let unit = 0
  while (unit > constant.unit && !Number.isInteger(x * 2 ** -unit)) unit--
  return unit
}

const binary =
  (bound: (a: Interval, b: Interval) => Bounds, same?: (x: Interval) => Bounds): Rule =>
  (node) => {
    const [a, b] = [node.input(0), node.input(1)]
    node.types(a, ...ARITHMETIC_TYPES)
    if (a.type !== b.type) node.refuse(`${a.type} beside ${b.type}`)
    const dims = broadcast(node, a.dims, b.dims)
    const beside = besideConstant(node, a, b, dims, bound) ?? besideConstant(node, b, a, dims, (x, c) => bound(c, x))
    if (beside) return [beside]
    const [p, q] = [whole(node, a), whole(node, b)]
    const { peak, ...interval } = same && node.node.inputs[0] === node.node.inputs[1] ? same(p) : bound(p, q)
    return [node.uniform(a.type, dims, interval, peak === undefined ? {} : { peak })]
  }

/** The larger or the smaller of two. */
const choice =
  (bound: (a: Interval, b: Interval) => Bounds): Rule =>
  (node) => {
    node.ordered(node.input(0), node.input(1))
    return binary(bound)(node)
  }

const unary =
  (types: readonly ExactType[], bound: (x: Interval) => Bounds, stored: 'kept' | 'new' = 'new'): Rule =>
  (node) => {
    const x = node.input(0)
    node.types(x, ...types)
    const facts = perChannel(node, x, x.dims, x.type, bound)
    return [stored === 'kept' ? { ...facts, stored: x.stored } : facts]
  }

const rounding =
  (round: (x: number) => number): Rule =>
  (node) => {
    const x = node.input(0)
    node.types(x, 'f32', 'f64')
    const bounds = { unit: 0, lo: round(x.lo) + 0, hi: round(x.hi) + 0 }
    return [node.uniform(x.type, x.dims, bounds, { stored: x.stored })]
  }

/** Operands at least 0 and 1, so that truncation (ONNX) is the floor. */
const div: Rule = (node) => {
  const [a, b] = [node.input(0), node.input(1)]
  node.types(a, 'i32', 'i64')
  if (a.type !== b.type) node.refuse(`${a.type} beside ${b.type}`)
  if (a.lo < 0 || b.lo < 1) node.refuse(`divides ${a.lo} to ${a.hi} by ${b.lo} to ${b.hi}; needs a ≥ 0 and b ≥ 1`)
  const bounds = { unit: 0, lo: Math.floor(a.lo / b.hi), hi: Math.floor(a.hi / b.lo) }
  return [node.uniform(a.type, broadcast(node, a.dims, b.dims), bounds)]
}

/** The square root itself is no dyadic number: the loader has seen to it that only Floor reads it. */
const sqrt: Rule = (node) => {
  const x = node.carried(0)
  node.types(x, 'f64')
  if (x.lo < 0 || x.hi >= 2 ** 52) node.refuse(`root of ${x.lo} to ${x.hi}; needs 0 to 2^52`)
  const { type, dims } = x
  return [{ type, dims, unit: -1, lo: Math.floor(Math.sqrt(x.lo)), hi: Math.sqrt(x.hi), stored: DEFAULT_STORED[type] }]
}

const clip: Rule = (node) => {
  const x = node.input(0)
  node.types(x, ...ARITHMETIC_TYPES)
  node.ordered(x, node.input(1), node.input(2))
  const [least, most] = [node.scalar(1), node.scalar(2)]
  if (node.input(1).type !== x.type || node.input(2).type !== x.type) node.refuse('bounds are of another type')
  if (!(least <= most)) node.refuse(`bounds ${least} and ${most}`)
  const limit = { unit: Math.min(node.input(1).unit, node.input(2).unit), lo: least, hi: most }
  const inside = (v: number) => Math.min(Math.max(v, least), most)
  const facts = perChannel(node, x, x.dims, x.type, ({ unit, lo, hi }) => ({
    ...{ unit: Math.min(unit, limit.unit), lo: inside(lo), hi: inside(hi) },
  }))
  return [{ ...facts, stored: narrowed(limit) ?? facts.stored }]
}

/** The stored type that a Clip with these bounds gives. */
function narrowed({ unit, lo, hi }: Interval): StoredType | undefined {
  if (unit < 0) return undefined
  if (lo >= 0 && hi <= 255) return 'u8'
  if (lo >= -128 && hi <= 127) return 'i8'
  return lo >= -32768 && hi <= 32767 ? 'i16' : undefined
}

/** One over the unit that the coefficients of HardSigmoid may have. */
const SLOPE_UNITS = 2 ** 24

const hardSigmoid: Rule = (node) => {
  const x = node.input(0)
  node.types(x, 'f32')
  const [alpha, beta] = [node.float('alpha', 0.2), node.float('beta', 0.5)]
  if (!Number.isInteger(alpha * SLOPE_UNITS) || !Number.isInteger(beta * SLOPE_UNITS))
    node.refuse(`alpha ${alpha} and beta ${beta} are no multiples of 2^-24`)
  const unitFor = (v: number) => {
    let unit = 0
    while (!Number.isInteger(v * 2 ** -unit)) unit--
    return unit
  }
  return [
    perChannel(node, x, x.dims, 'f32', (own) => {
      const ends = [alpha * own.lo + beta, alpha * own.hi + beta]
      const inside = (v: number) => Math.min(Math.max(v, 0), 1)
      return {
        unit: Math.min(own.unit + unitFor(alpha), unitFor(beta)),
        ...{ lo: inside(Math.min(...ends)), hi: inside(Math.max(...ends)) },
        peak: Math.abs(alpha) * magnitude(own) + Math.abs(beta),
      }
    }),
  ]
}

const comparison: Rule = (node) => {
  const [a, b] = [node.carried(0), node.carried(1)]
  node.types(a, 'f32', 'i32', 'i64')
  if (a.type !== b.type) node.refuse(`${a.type} beside ${b.type}`)
  return [node.uniform('bool', broadcast(node, a.dims, b.dims), { unit: 0, lo: 0, hi: 1 })]
}

const logical: Rule = (node) => {
  const operands = node.inputs
  for (const operand of operands) node.types(operand, 'bool')
  const dims = operands.map((operand) => operand.dims).reduce((a, b) => broadcast(node, a, b))
  return [node.uniform('bool', dims, { unit: 0, lo: 0, hi: 1 })]
}

const where: Rule = (node) => {
  const [condition, a, b] = [node.input(0), whole(node, node.input(1)), whole(node, node.input(2))]
  node.types(condition, 'bool')
  node.types(a, 'f32', 'f64', 'i32', 'i64', 'u8')
  if (a.type !== b.type) node.refuse(`${a.type} beside ${b.type}`)
  const dims = broadcast(node, condition.dims, broadcast(node, a.dims, b.dims))
  return [node.uniform(a.type, dims, union(a, b))]
}

const CAST_CODES: Readonly<Record<number, ExactType>> = {
  ...{ 1: 'f32', 2: 'u8', 3: 'i8', 6: 'i32', 7: 'i64', 9: 'bool', 11: 'f64' },
}
const WIDTH: Readonly<Record<StoredType, number>> = { u8: 0, i8: 0, i16: 1, i32: 2, i64: 3 }

const cast: Rule = (node) => {
  const x = node.input(0)
  const type = CAST_CODES[node.int('to', 0)] ?? node.refuse('to a type outside the profile')
  if (type === 'bool' && x.type !== 'bool') node.refuse('to bool, which would compare')
  if (type in INTEGER_RANGE && !isCarried(x)) node.refuse(`unit 2^${x.unit} to ${type}; round it first`)
  const stored = WIDTH[x.stored] < WIDTH[DEFAULT_STORED[type]] ? x.stored : DEFAULT_STORED[type]
  // A cast to another type ends what a kernel may take up; one to the same type is none.
  const bounds = ({ unit, lo, hi, reach }: Interval) => ({ unit, lo, hi, ...(type === x.type ? { reach } : {}) })
  return [{ ...perChannel(node, x, x.dims, type, bounds), stored }]
}

const product = (a: Interval, b: Interval): Bounds => ({
  ...corners(a, b),
  ...reachOfTwo(a, b, (x, y) => x * y),
})
const sum = (a: Interval, b: Interval): Bounds => ({
  ...{ unit: Math.min(a.unit, b.unit), lo: a.lo + b.lo, hi: a.hi + b.hi },
  ...reachOfTwo(a, b, (x, y) => x + y),
})
const negative = ({ unit, lo, hi, reach }: Interval): Interval => ({ unit, lo: -hi, hi: -lo, reach })
const square = (x: Interval): Bounds => {
  const hi = magnitude(x) ** 2
  return { unit: 2 * x.unit, lo: x.lo <= 0 && x.hi >= 0 ? 0 : Math.min(x.lo ** 2, x.hi ** 2), hi }
}

export const ELEMENTWISE: Readonly<Record<string, Rule>> = {
  Add: binary(sum),
  Sub: binary((a, b) => sum(a, negative(b))),
  Mul: binary(product, square),
  Max: choice((a, b) => ({ unit: Math.min(a.unit, b.unit), lo: Math.max(a.lo, b.lo), hi: Math.max(a.hi, b.hi) })),
  Min: choice((a, b) => ({ unit: Math.min(a.unit, b.unit), lo: Math.min(a.lo, b.lo), hi: Math.min(a.hi, b.hi) })),
  Div: div,
  Sqrt: sqrt,
  Floor: rounding(Math.floor),
  Round: rounding(roundEven),
  Clip: clip,
  Relu: unary(['f32', 'i32'], ({ unit, lo, hi }) => ({ unit, lo: Math.max(lo, 0), hi: Math.max(hi, 0) }), 'kept'),
  HardSigmoid: hardSigmoid,
  Equal: comparison,
  Less: comparison,
  Greater: comparison,
  Not: logical,
  And: logical,
  Or: logical,
  Where: where,
  Cast: cast,
}
