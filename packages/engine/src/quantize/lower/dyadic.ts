import { roundHalfEven } from '../emit/quantized.ts'
import { powerOfTwo } from './functions.ts'

/**
 * Positive reals as whole numbers times one power of two that is at most 1: what a product with them has as its unit. The largest
 * keeps `bits` bits, so the error of each is at most 2^−bits of the largest.
 */
export function dyadic(reals: ArrayLike<number>, bits: number): Float64Array {
  let largest = 0
  for (let i = 0; i < reals.length; i++) largest = Math.max(largest, Math.abs(reals[i] ?? 0))
  const unit = largest > 0 ? powerOfTwo(Math.min(0, exponentOf(largest) + 1 - bits)) : 1
  return Float64Array.from(reals, (real) => roundHalfEven(real / unit) * unit)
}

/** The e of 2^e ≤ x < 2^(e + 1), for x > 0. */
export function exponentOf(x: number): number {
  let [exponent, rest] = [0, x]
  for (; rest >= 2; exponent++) rest /= 2
  for (; rest < 1; exponent--) rest *= 2
  return exponent
}
