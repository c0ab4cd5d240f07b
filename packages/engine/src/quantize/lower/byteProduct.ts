import type { Emitter } from '../emit/emitter.ts'
import { roundHalfEven } from '../emit/quantized.ts'
import { BYTE_REACH, ZERO_BYTE } from './bytes.ts'
import { dyadic, exponentOf } from './dyadic.ts'

/** A matrix of byte weights: real weight [row][column] ≈ (bytes − 128) · steps[column]. */
export type ByteMatrix = {
  readonly inputs: number
  readonly outputs: number
  /** [inputs, outputs], row-major. */
  readonly bytes: Uint8Array
  readonly steps: Float64Array
}

/** How many ways to shorten a column's range are tried; each cuts off another 2 %. */
const TRIALS = 12

/**
 * Weights of a linear layer as bytes, each output with a step of its own: of some steps, that with the least squared error. `weights` is
 * [outputs, inputs] as checkpoints hold it; `spread[i]`, if given, multiplies the weights of input i, for inputs that are divided by it.
 */
export function byteMatrix(weights: Float32Array, inputs: number, spread?: ArrayLike<number>): ByteMatrix {
  const outputs = weights.length / inputs
  const bytes = new Uint8Array(weights.length)
  const steps = new Float64Array(outputs)
  const row = new Float64Array(inputs)
  for (let output = 0; output < outputs; output++) {
    for (let i = 0; i < inputs; i++) row[i] = (weights[output * inputs + i] ?? 0) * (spread?.[i] ?? 1)
    const step = bestStep(row, BYTE_REACH, TRIALS)
    steps[output] = step
    for (let i = 0; i < inputs; i++) {
      const n = roundHalfEven((row[i] ?? 0) / step)
      bytes[i * outputs + output] = ZERO_BYTE + Math.max(-BYTE_REACH, Math.min(BYTE_REACH, n))
    }
  }
  return { inputs, outputs, bytes, steps }
}

/**
 * What rounding the weights takes from each output on average, in real numbers, when input i is held as `means[i]` steps on average. It goes
 * to the layer's bias, so that rounding shifts nothing on average. `whole` gives the rounded weights of the matrix [inputs, outputs].
 */
export function roundingLoss(
  weights: Float32Array,
  steps: Float64Array,
  whole: (index: number) => number,
  spread: ArrayLike<number>,
  means: ArrayLike<number>,
): Float64Array {
  const [inputs, outputs] = [means.length, steps.length]
  return steps.map((step, output) => {
    let loss = 0
    for (let i = 0; i < inputs; i++) {
      const real = (weights[output * inputs + i] ?? 0) * (spread[i] ?? 1)
      loss += (real - whole(i * outputs + output) * step) * (means[i] ?? 0)
    }
    return loss
  })
}

/** The step with which integers up to `reach` are nearest to `values`, by squared error. 1 where all are 0. */
export function bestStep(values: ArrayLike<number>, reach: number, trials: number): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0))
  if (largest === 0) return 1
  let [best, least] = [largest / reach, Number.POSITIVE_INFINITY]
  for (let trial = 0; trial < trials; trial++) {
    const step = (largest * (1 - trial / 50)) / reach
    let error = 0
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0
      const n = Math.max(-reach, Math.min(reach, Math.round(value / step)))
      error += (value - n * step) ** 2
    }
    if (error < least) [best, least] = [step, error]
  }
  return best
}

/** Bits of a multiplier: more than the sums that it multiplies can show. */
const FACTOR_BITS = 24

export type ByteProductParameters = {
  emitter: Emitter
  /** u8 [..., inputs]: signed integers around 128. */
  x: string
  matrix: ByteMatrix
  /** What one step of the sum, which is one step of x times one of the column's weights, counts in the result; one a column. */
  factors: ArrayLike<number>
  /** The byte of x that stands for 0; 128 where left out. */
  zero?: number
  hint: string
}

/**
 * Σ x·w times a factor for each column, as a passing f64 tensor: `Round` or `toBytes` comes next. Bytes times bytes is the form of
 * `MatMulInteger` that is exact everywhere, and the one whose weights are read fastest.
 */
export function byteProduct({ emitter, x, matrix, factors, zero = ZERO_BYTE, hint }: ByteProductParameters): string {
  const { inputs, outputs, bytes } = matrix
  const [left, right] = [zero, ZERO_BYTE].map((byte) =>
    emitter.constant({ type: 'u8', dims: [], data: Uint8Array.of(byte) }, 'zero'),
  )
  const weights = emitter.constant({ type: 'u8', dims: [inputs, outputs], data: bytes }, `${hint}/weights`)
  const sums = emitter.node('MatMulInteger', [x, weights, left ?? '', right ?? ''], {}, `${hint}/sums`)
  const multipliers = emitter.f64(dyadic(factors, factorBits(inputs)), [outputs], `${hint}/factors`)
  return emitter.node('Mul', [emitter.cast(sums, 'f64', `${hint}/wide`), multipliers], {}, `${hint}/product`)
}

/** Sums are below inputs · 2^15; with its multiplier each must be counted within 2^52. */
const factorBits = (inputs: number): number => Math.min(FACTOR_BITS, 51 - 15 - exponentOf(inputs) - 1)
