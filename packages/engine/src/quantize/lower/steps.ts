import type { Samples } from './balance.ts'
import { bestStep } from './byteProduct.ts'
import { BYTE_REACH } from './bytes.ts'
import { GAIN_REACH } from './rootNorm.ts'

/** A normed tensor: a channel that is as large as the row's root mean square is held as gain / step. */
export type NormCalibration = { readonly gains: readonly number[]; readonly step: number }

/** Steps of normed channels, which the norm's weights multiply, as whole gains and one common step. */
export function normCalibration(steps: Float64Array, norm: Float32Array): NormCalibration {
  // Held is x̂ · |weight| / step; the weight itself goes to the matrix that reads it.
  const ratios = Float64Array.from(steps, (step, i) => Math.abs(norm[i] ?? 0) / step)
  const most = ratios.reduce((a, b) => Math.max(a, b), 1e-30)
  const gains = Array.from(ratios, (ratio) => Math.max(1, Math.round((ratio / most) * GAIN_REACH)))
  return { gains, step: digits(GAIN_REACH / most) }
}

/** What weights are multiplied by that read a normed tensor: the norm's own weights, and the gains taken back. */
export function normSpread(norm: Float32Array, { gains }: NormCalibration): Float64Array {
  return Float64Array.from(norm, (weight, i) => weight / (gains[i] ?? 1))
}

/** For each channel the step with which bytes are nearest to its samples. */
export function columnSteps({ width, data }: Samples): number[] {
  const rows = data.length / width
  return Array.from({ length: width }, (_, i) => {
    const column = Float32Array.from({ length: rows }, (_, row) => data[row * width + i] ?? 0)
    return digits(bestStep(column, BYTE_REACH, 25))
  })
}

/** Four digits of a step: more than matter, and short to keep. */
export const digits = (x: number): number => Number(x.toPrecision(4))
