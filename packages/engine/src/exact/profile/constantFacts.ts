import { elementsOf, type Value } from '../value.ts'
import type { Facts, StoredType } from './facts.ts'
import { INTEGER_RANGE, type Interval } from './interval.ts'

/** Exponent of the largest power of two that a finite, nonzero double is a multiple of. */
export function unitOf(x: number, scratch: DataView): number {
  scratch.setFloat64(0, x)
  const high = scratch.getUint32(0)
  const low = scratch.getUint32(4)
  const exponent = ((high >>> 20) & 0x7ff) - 1075
  if (low !== 0) return exponent + (31 - Math.clz32(low & -low))
  // The leading bit is implied: it stands above the 20 bits that the high word shows.
  const shown = (high & 0xfffff) | 0x100000
  return exponent + 32 + (31 - Math.clz32(shown & -shown))
}

/** Bounds of some integers. A loop of its own: with floats among the arrays that it sees it takes several times as long. */
function integerBounds(elements: ArrayLike<number>): Interval {
  let [lo, hi] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < elements.length; i++) {
    const x = elements[i] as number
    if (x < lo) lo = x
    if (x > hi) hi = x
  }
  return { unit: 0, lo, hi }
}

/** Bounds of some floats. Undefined where one is infinite, no number or subnormal. */
function floatBounds(elements: ArrayLike<number>): Interval | undefined {
  const scratch = new DataView(new ArrayBuffer(8))
  let [unit, lo, hi] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < elements.length; i++) {
    const x = elements[i] as number
    if (x < lo) lo = x
    if (x > hi) hi = x
    if (Number.isInteger(x)) continue
    if (!Number.isFinite(x) || Math.abs(x) < SMALLEST) return undefined
    const own = unitOf(x, scratch)
    if (own < unit) unit = own
  }
  // NaN is below nothing; an infinity is a bound. Zero has no sign.
  return Number.isFinite(lo) && Number.isFinite(hi) ? { unit, lo: lo + 0, hi: hi + 0 } : undefined
}

function boundsOf({ type, dims, data }: Value): Interval | undefined {
  if (data.length !== elementsOf(dims)) return undefined
  if (data.length === 0) return { unit: 0, lo: 0, hi: 0 }
  if (type === 'f32' || type === 'f64') return floatBounds(data)
  return integerBounds(type === 'i64' ? Array.from(data, Number) : data)
}

/** Smallest normal float32: below it a processor may flush to zero. */
const SMALLEST = 2 ** -126

/**
 * What the elements of a constant tell. Undefined where one is infinite, no number or subnormal, a truth value is neither 0 nor 1 (kernels differ in what
 * they make of a 2: ONNX Runtime casts it to 1), or an i64 is beyond what doubles count: some executors count in them.
 */
export function constantFacts(value: Value): Facts | undefined {
  const { type, dims } = value
  const bounds = boundsOf(value)
  const [least, most] = type === 'bool' || type === 'i64' ? INTEGER_RANGE[type] : [-Infinity, Infinity]
  if (bounds && (bounds.lo < least || bounds.hi > most)) return undefined
  return bounds && { type, dims, ...bounds, known: value, stored: narrowest(bounds) }
}

function narrowest({ lo, hi }: Interval): StoredType {
  if (lo >= 0 && hi <= 255) return 'u8'
  if (lo >= -128 && hi <= 127) return 'i8'
  if (lo >= -32768 && hi <= 32767) return 'i16'
  return lo >= -(2 ** 31) && hi < 2 ** 31 ? 'i32' : 'i64'
}
