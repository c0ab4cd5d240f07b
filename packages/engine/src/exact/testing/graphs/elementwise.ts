import { type ExactType, elementsOf } from '../../value.ts'
import { tensor } from '../values.ts'
import {
  type Builder,
  choose,
  constant,
  emit,
  fits,
  isFloat,
  type Known,
  type Move,
  magnitude,
  offer,
} from './builder.ts'
import { asType, castTo, clipTo, rounded, settle } from './settle.ts'

const ARITHMETIC: readonly ExactType[] = ['f32', 'f64', 'i32', 'i64']
const sameShape = (a: Known) => (b: Known) => a.dims.join() === b.dims.join()

/** Something of the same type that broadcasts with a tensor: another of the pool, the tensor itself, or a constant. */
function companion(builder: Builder, x: Known): Known {
  const { random } = builder
  const other = random.chance(0.5)
    ? choose(builder, (known) => sameShape(x)(known) && known.type !== 'bool')
    : undefined
  if (other !== undefined) return asType(builder, other, x.type, x.type === 'f32' ? 2 ** 23 : 2 ** 30)
  const axes = x.dims.map((length, axis) => (random.chance(0.4) && !(builder.openBatch && axis === 0) ? length : 1))
  const dims = random.chance(0.3) ? [] : axes.slice(random.chance(0.3) ? 1 : 0)
  const most = random.pick([1, 127, 2 ** 12, 2 ** 20])
  const elements = Array.from({ length: elementsOf(dims) }, () => random.int(-most, most))
  const [lo, hi] = [Math.min(...elements, 0), Math.max(...elements, 0)]
  return { name: constant(builder, tensor(x.type, elements, dims)), type: x.type, dims, lo, hi, unit: 0 }
}

const corner = (a: Known, b: Known, f: (x: number, y: number) => number): [number, number] => {
  const corners = [f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi)]
  return [Math.min(...corners), Math.max(...corners)]
}
const COMBINATIONS: Readonly<Record<string, (x: number, y: number) => number>> = {
  Add: (x, y) => x + y,
  Sub: (x, y) => x - y,
  Mul: (x, y) => x * y,
  Max: Math.max,
  Min: Math.min,
}

export const combine: Move = (builder) => {
  const chosen = choose(builder, ({ type }) => ARITHMETIC.includes(type))
  if (chosen === undefined) return false
  const other = companion(builder, chosen)
  const [a, b] = builder.random.chance(0.7) ? [chosen, other] : [other, chosen]
  const chooses = a.type !== 'i64' || Math.max(magnitude(a), magnitude(b)) < 2 ** 31
  const possible = Object.entries(COMBINATIONS).filter(
    ([op, f]) => fits(a.type, ...corner(a, b, f)) && (chooses || !['Max', 'Min'].includes(op)),
  )
  if (possible.length === 0) return false
  const [op, f] = builder.random.pick(possible)
  const [lo, hi] = corner(a, b, f)
  return offer(builder, emit(builder, op, [a.name, b.name], { ...chosen, lo, hi }))
}

/** A requantisation without a product: times a fraction, perhaps more fractions added, and rounded. */
export const scale: Move = (builder) => {
  const { random } = builder
  const chosen = choose(builder, ({ type }) => type !== 'bool')
  if (chosen === undefined) return false
  const x = isFloat(chosen) ? chosen : asType(builder, chosen, random.pick(['f32', 'f64'] as const))
  const room = (x.type === 'f32' ? 2 ** 24 : 2 ** 52) / Math.max(magnitude(x), 1)
  const steps = Math.floor(Math.min(room, 2 ** 24))
  const shift = random.int(0, 24)
  const factor = random.pick([steps, -steps, random.int(-steps, steps), 1]) * 2 ** -shift
  const [lo, hi] = corner(x, { ...x, lo: factor, hi: factor }, (p, q) => p * q)
  const by = constant(builder, tensor(x.type, [factor], random.chance(0.5) ? [] : x.dims.map(() => 1)))
  let known = emit(builder, 'Mul', [x.name, by], { ...x, lo, hi, unit: -shift })
  const offset = random.pick([0.5, -0.5, 1.5, 2 ** -shift, random.int(-(2 ** 10), 2 ** 10) * 2 ** -Math.min(shift, 4)])
  const unit = Math.min(-shift, Number.isInteger(offset) ? 0 : -Math.max(1, Math.min(shift, 24)))
  if (random.chance(0.5) && fits(x.type, lo + Math.min(offset, 0), hi + Math.max(offset, 0), unit)) {
    const added = constant(builder, tensor(x.type, [offset], []))
    known = emit(builder, 'Add', [known.name, added], { ...known, lo: lo + offset, hi: hi + offset, unit })
  }
  return offer(builder, random.chance(0.5) ? settle(builder, known) : rounded(builder, known))
}

/** x · min(max(αx + β, 0), 1), as hard swish is. */
export const bend: Move = (builder) => {
  const { random } = builder
  const chosen = choose(builder, ({ type }) => type !== 'bool')
  if (chosen === undefined) return false
  const x = asType(builder, chosen, 'f32', 2 ** 11)
  const shift = random.int(0, 12)
  const alpha = random.pick([1, -1, random.int(1, 2)]) * 2 ** -shift
  const beta = random.pick([0, 0.5, 1, -0.5])
  const unit = -Math.max(shift, 1)
  const reach = Math.abs(alpha) * magnitude(x) + Math.abs(beta)
  if (!fits('f32', -reach, reach, unit) || !fits('f32', -magnitude(x), magnitude(x), unit)) return false
  const attributes = { alpha: { kind: 'float', value: alpha }, beta: { kind: 'float', value: beta } } as const
  const slope = emit(builder, 'HardSigmoid', [x.name], { ...x, lo: 0, hi: 1, unit }, attributes)
  const [lo, hi] = [Math.min(x.lo, 0), Math.max(x.hi, 0)]
  return offer(builder, settle(builder, emit(builder, 'Mul', [x.name, slope.name], { ...x, lo, hi, unit })))
}

/** A quotient of what is made nonnegative by what is made positive. */
export const divide: Move = (builder) => {
  const { random } = builder
  const chosen = choose(builder, ({ type }) => type !== 'bool')
  if (chosen === undefined) return false
  const type = random.pick(['i32', 'i64'] as const)
  const x = asType(builder, chosen, type, 2 ** 30)
  const above = x.lo < 0 ? clipTo(builder, x, 0, Math.max(x.hi, 1)) : x
  const by = random.chance(0.5)
    ? constant(builder, tensor(type, [random.pick([1, 2, 3, 7, 255, 2 ** 16, 2 ** 31 - 1])], []))
    : clipTo(builder, x, 1, random.pick([1, 100, 2 ** 30])).name
  return offer(builder, emit(builder, 'Div', [above.name, by], { ...above, lo: 0, hi: above.hi }))
}

/** ⌊√x²⌋ and the like: around whole roots, where rounding would show. */
export const root: Move = (builder) => {
  const { random } = builder
  const chosen = choose(builder, ({ type }) => type !== 'bool')
  if (chosen === undefined) return false
  const x = asType(builder, chosen, 'f64', 2 ** 25)
  const reach = magnitude(x) ** 2
  const squared = emit(builder, 'Mul', [x.name, x.name], { ...x, lo: 0, hi: reach })
  const shifted = constant(builder, tensor('f64', [random.pick([0, 1, -1])], []))
  const moved = emit(builder, 'Add', [squared.name, shifted], { ...x, lo: -1, hi: reach + 1 })
  const above = clipTo(builder, moved, 0, 2 ** 52 - 1)
  const rooted = emit(builder, 'Sqrt', [above.name], { ...x, lo: 0, hi: 2 ** 26, unit: -1 })
  return offer(builder, emit(builder, 'Floor', [rooted.name], { ...x, lo: 0, hi: 2 ** 26 }))
}

/** A comparison, perhaps with others joined to it, and a choice by it. */
export const decide: Move = (builder) => {
  const { random } = builder
  const chosen = choose(builder, ({ type }) => ['f32', 'i32', 'i64'].includes(type))
  if (chosen === undefined) return false
  const compare = () => {
    const other = companion(builder, chosen)
    const op = random.pick(['Equal', 'Less', 'Greater'])
    return emit(builder, op, [chosen.name, other.name], { ...chosen, type: 'bool', lo: 0, hi: 1 })
  }
  let truth = compare()
  if (random.chance(0.5)) truth = emit(builder, random.pick(['And', 'Or']), [truth.name, compare().name], truth)
  if (random.chance(0.3)) truth = emit(builder, 'Not', [truth.name], truth)
  offer(builder, truth)
  const other = companion(builder, chosen)
  const [lo, hi] = [Math.min(chosen.lo, other.lo), Math.max(chosen.hi, other.hi)]
  return offer(builder, emit(builder, 'Where', [truth.name, chosen.name, other.name], { ...chosen, lo, hi }))
}

const TYPES: readonly ExactType[] = ['f32', 'f64', 'i32', 'i64', 'u8', 'i8']

export const convert: Move = (builder) => {
  const chosen = choose(builder)
  if (chosen === undefined) return false
  const types = TYPES.filter((type) => type !== chosen.type && fits(type, chosen.lo, chosen.hi))
  return types.length > 0 && offer(builder, castTo(builder, chosen, builder.random.pick(types)))
}

export const rectify: Move = (builder) => {
  const chosen = choose(builder, ({ type }) => type === 'f32' || type === 'i32')
  if (chosen === undefined) return false
  const range = { lo: Math.max(chosen.lo, 0), hi: Math.max(chosen.hi, 0) }
  return offer(builder, emit(builder, 'Relu', [chosen.name], { ...chosen, ...range }))
}

/** Bounds of every kind, whole ones inside and outside of the range. */
export const bound: Move = (builder) => {
  const { random } = builder
  const chosen = choose(builder, ({ type }) => type !== 'bool')
  if (chosen === undefined) return false
  const [p, q] = [random.int(-300, 300), random.pick([0, 255, -1, 40_000])]
  return offer(builder, clipTo(builder, chosen, Math.min(p, q), Math.max(p, q)))
}
