/**
 * Functions of real numbers whose doubles are the same on every machine. `Math.exp` and its kin may differ in the last bit between
 * engines, and a table made with them would change a model's digest; here only + − × ÷ and √ are used, which IEEE 754 defines to the
 * bit. Errors are below 1e-14 of the larger of 1 and the result: far less than a table keeps.
 */

const { LN2 } = Math
/** ln 2 = LN2_HIGH + LN2_LOW; the first has 21 zero bits at its end, so that its product with a small integer is exact. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const HALF_PI = 1.5707963267948966
/** π/2 in three parts of 33 bits and a rest (the constants of fdlibm's `rem_pio2`): reduction stays exact up to 2^20 quarter turns. */
const HALF_PI_PARTS = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21] as const
const TWO_OVER_ROOT_PI = 1.1283791670955126

/** 2^k, exactly; k a whole number from −1074 to 1023. */
export function powerOfTwo(k: number): number {
  let power = 1
  for (let i = 0; i < Math.abs(k); i++) power *= k < 0 ? 0.5 : 2
  return power
}

/** e^x; 0 below −700, Infinity above 700. */
export function exp(x: number): number {
  if (x < -700) return 0
  if (x > 700) return Number.POSITIVE_INFINITY
  const halvings = Math.floor(x / LN2 + 0.5)
  const rest = x - halvings * LN2_HIGH - halvings * LN2_LOW
  // |rest| ≤ 0.35: the 17th term is below 1e-22.
  let sum = 1
  for (let n = 17; n >= 1; n--) sum = 1 + (rest / n) * sum
  return sum * powerOfTwo(halvings)
}

/** The natural logarithm of x > 0. */
export function log(x: number): number {
  let mantissa = x
  let exponent = 0
  for (; mantissa > 1.5; exponent++) mantissa /= 2
  for (; mantissa < 0.75; exponent--) mantissa *= 2
  // ln m = 2 artanh((m − 1) / (m + 1)); the argument is at most 1/5.
  const t = (mantissa - 1) / (mantissa + 1)
  let sum = 0
  for (let n = 25; n >= 1; n -= 2) sum = 1 / n + t * t * sum
  return 2 * t * sum + exponent * LN2
}

/** x^y for x > 0. */
export const power = (x: number, y: number): number => exp(y * log(x))

/** [sin x, cos x] for |x| up to a million. */
export function sinCos(x: number): readonly [sin: number, cos: number] {
  const quarters = Math.floor(x / HALF_PI + 0.5)
  let rest = x
  for (const part of HALF_PI_PARTS) rest -= quarters * part
  const square = rest * rest
  let sin = 1
  for (let n = 20; n >= 2; n -= 2) sin = 1 - (square / (n * (n + 1))) * sin
  let cos = 1
  for (let n = 19; n >= 1; n -= 2) cos = 1 - (square / (n * (n + 1))) * cos
  sin *= rest
  const turns: readonly (readonly [number, number])[] = [
    [sin, cos],
    [cos, -sin],
    [-sin, -cos],
    [-cos, sin],
  ]
  return turns[((quarters % 4) + 4) % 4] ?? [sin, cos]
}

/** 1 / (1 + e^−x), the logistic function. */
export const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)))

/** x · sigmoid(x), also called swish. */
export const silu = (x: number): number => x * sigmoid(x)

export const tanh = (x: number): number => 2 * sigmoid(2 * x) - 1

/** The error function. */
export function erf(x: number): number {
  const size = Math.abs(x)
  if (size > 6) return x < 0 ? -1 : 1
  // 2/√π · e^(−x²) · Σ 2^n x^(2n+1) / (1·3·…·(2n+1)): all terms of one sign, so nothing cancels (Abramowitz and Stegun 7.1.6).
  let term = size
  let sum = size
  for (let n = 1; n < 400 && term > sum * 1e-18; n++) {
    term *= (2 * size * size) / (2 * n + 1)
    sum += term
  }
  const value = TWO_OVER_ROOT_PI * exp(-size * size) * sum
  return x < 0 ? -value : value
}

/** x · Φ(x) (arXiv 1606.08415), by the error function. */
export const gelu = (x: number): number => (x / 2) * (1 + erf(x * Math.SQRT1_2))
