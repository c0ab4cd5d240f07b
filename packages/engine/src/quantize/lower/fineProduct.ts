import type { Emitter } from '../emit/emitter.ts'
import { roundHalfEven } from '../emit/quantized.ts'
import { type ByteProductParameters, bestStep } from './byteProduct.ts'
import { dyadic } from './dyadic.ts'

/** Integers of what a fine product reads lie within ±FINE_REACH: ten bits. */
export const FINE_REACH = 511
/** Largest weight: nine bits. */
export const FINE_WEIGHT_REACH = 255
/** Up to here a float32 counts every integer. */
const LIMIT = 2 ** 24

/** A matrix of whole float32 weights: real weight [row][column] ≈ whole · steps[column]. */
export type FineMatrix = {
  readonly inputs: number
  readonly outputs: number
  /** [inputs, outputs], row-major. */
  readonly whole: Float32Array
  readonly steps: Float64Array
}

/**
 * Weights of a linear layer for `fineProduct`: [outputs, inputs] as checkpoints hold them, those of input i times `spread[i]`. A column whose
 * sums could leave what a float32 counts has a larger step.
 */
export function fineMatrix(weights: Float32Array, inputs: number, spread: ArrayLike<number>): FineMatrix {
  const outputs = weights.length / inputs
  const whole = new Float32Array(weights.length)
  const steps = new Float64Array(outputs)
  for (let output = 0; output < outputs; output++) {
    const row = Float64Array.from({ length: inputs }, (_, i) => (weights[output * inputs + i] ?? 0) * (spread[i] ?? 1))
    const size = row.reduce((sum, weight) => sum + Math.abs(weight), 0)
    // Rounding adds up to a half to each weight.
    const least = size / (LIMIT / FINE_REACH - inputs / 2)
    const step = Math.max(bestStep(row, FINE_WEIGHT_REACH, 6), least)
    steps[output] = step
    for (const [i, weight] of row.entries())
      whole[i * outputs + output] = Math.max(
        -FINE_WEIGHT_REACH,
        Math.min(FINE_WEIGHT_REACH, roundHalfEven(weight / step)),
      )
  }
  return { inputs, outputs, whole, steps }
}

/** round(clip(x · factor + offset, ±511)) as f32; factor and offset are names of dyadic constants. */
export function toFine(emitter: Emitter, x: string, hint: string, factor?: string, offset?: string): string {
  const scaled = factor === undefined ? x : emitter.node('Mul', [x, factor], {}, `${hint}/scaled`)
  const shifted = offset === undefined ? scaled : emitter.node('Add', [scaled, offset], {}, `${hint}/shifted`)
  const bounds = [emitter.f64(-FINE_REACH), emitter.f64(FINE_REACH)]
  const clipped = emitter.node('Clip', [shifted, ...bounds], {}, `${hint}/clipped`)
  return emitter.cast(emitter.node('Round', [clipped], {}, `${hint}/rounded`), 'f32', hint)
}

export type FineProductParameters = Omit<ByteProductParameters, 'matrix' | 'zero'> & { matrix: FineMatrix }

/**
 * Σ x·w times a factor for each column, as a passing f64 tensor, where ten bits times nine are worth the memory: up to 512 inputs, a float32
 * sums them exactly.
 */
export function fineProduct({ emitter, x, matrix, factors, hint }: FineProductParameters): string {
  const { inputs, outputs, whole } = matrix
  const weights = emitter.f32(whole, [inputs, outputs], `${hint}/weights`)
  const sums = emitter.cast(emitter.node('MatMul', [x, weights], {}, `${hint}/sums`), 'f64', `${hint}/wide`)
  return emitter.node(
    'Mul',
    [sums, emitter.f64(dyadic(factors, 24), [outputs], `${hint}/factors`)],
    {},
    `${hint}/product`,
  )
}
