import type { ExactType } from '../value.ts'

/** Bounds of a number: a multiple of 2^unit between lo and hi, both included. */
export type Interval = {
  readonly unit: number
  readonly lo: number
  readonly hi: number
  /**
   * After a sum of products: what sums of some of its terms may come to, in magnitude. A kernel that takes up the additions and multiplications that
   * follow (a bias, a scale, a residual) meets such sums in their place, so they must fit as well.
   */
  readonly reach?: number | undefined
}

/** Smallest unit of each float type: below it numbers are subnormal, and a processor may flush them to zero. */
const LEAST_UNIT: Partial<Record<ExactType, number>> = { f32: -126, f64: -1022 }

/** Largest magnitude, counted in units, that a float type holds every multiple up to. f64 stops a bit early: bounds are doubles too. */
const FLOAT_LIMIT: Partial<Record<ExactType, number>> = { f32: 2 ** 24, f64: 2 ** 52 }

/** What each integer type holds; i64 as far as doubles count. */
export const INTEGER_RANGE: Readonly<Record<'u8' | 'i8' | 'i32' | 'i64' | 'bool', readonly [number, number]>> = {
  u8: [0, 255],
  i8: [-128, 127],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  i64: [-(2 ** 52), 2 ** 52],
  bool: [0, 1],
}

/** The magnitude that must fit: what is met on the way included. */
export const reachOf = (interval: Interval): number => interval.reach ?? magnitude(interval)

export const magnitude = ({ lo, hi }: { lo: number; hi: number }): number => Math.max(Math.abs(lo), Math.abs(hi))

/** Why numbers within these bounds, and anything up to `peak` on the way to them, are not all in the type; undefined if they are. */
export function misfit(type: ExactType, interval: Interval, peak = reachOf(interval)): string | undefined {
  if (type === 'f32' || type === 'f64') {
    const limit = FLOAT_LIMIT[type] ?? 0
    const count = peak / 2 ** interval.unit
    if (interval.unit < (LEAST_UNIT[type] ?? 0)) return `multiples of 2^${interval.unit}, too small for ${type}`
    if (count <= limit) return undefined
    return `up to ${count.toPrecision(4)} units of 2^${interval.unit}, ${type} counts ${limit}`
  }
  const [least, most] = INTEGER_RANGE[type]
  if (interval.unit < 0) return `multiples of 2^${interval.unit} in ${type}`
  if (interval.lo >= least && interval.hi <= most && peak <= Math.max(-least, most)) return undefined
  return `${Math.min(interval.lo, -peak)} to ${Math.max(interval.hi, peak)}, ${type} holds ${least} to ${most}`
}

export const union = (a: Interval, b: Interval): Interval => ({
  unit: Math.min(a.unit, b.unit),
  lo: Math.min(a.lo, b.lo),
  hi: Math.max(a.hi, b.hi),
  ...(a.reach === undefined && b.reach === undefined ? {} : { reach: Math.max(reachOf(a), reachOf(b)) }),
})

/** What partial sums may come to where two numbers are added, or multiplied; undefined where neither is a sum of products. */
export function reachOfTwo(a: Interval, b: Interval, join: (a: number, b: number) => number): { reach?: number } {
  return a.reach === undefined && b.reach === undefined ? {} : { reach: join(reachOf(a), reachOf(b)) }
}

/** The nearest integer, the even one of two (IEEE 754 roundTiesToEven). */
export function roundEven(x: number): number {
  const below = Math.floor(x)
  const rest = x - below
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1
  return below % 2 === 0 ? below : below + 1
}

/** Bounds of a product. */
export function corners(a: Interval, b: Interval): Interval {
  const products = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi]
  return { unit: a.unit + b.unit, lo: Math.min(...products) + 0, hi: Math.max(...products) + 0 }
}
