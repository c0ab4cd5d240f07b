import { BYTE_REACH } from './bytes.ts'

/** Rows of real numbers, one after the other. */
export type Samples = { readonly width: number; readonly data: Float32Array }

/** Rows, and outputs of the matrix, that are tried out for each way to hold. */
const TRIAL_ROWS = 32
const TRIAL_OUTPUTS = 256
/** Parts of the range that is seen; what is beyond is cut off. */
const PARTS = [1, 0.9, 0.8, 0.7, 0.6]

export type BalanceOptions = {
  /** Largest integer that what is read is held as; that of bytes where left out. */
  readonly held?: number
  /** Largest whole weight; that of bytes where left out. */
  readonly weight?: number
  /** How far each channel must reach: nothing of that is cut off. Where left out, what the samples show, and parts of it. */
  readonly reach?: Float64Array
}

/**
 * Real value of one step for each channel of what a matrix reads. Large channels make all others coarse, unless they are held in larger
 * steps, which makes their weights larger, and so those coarse: SmoothQuant's balance (arXiv 2211.10438). Of its exponents 0, ¼, ½ and ¾,
 * and of whole and shortened ranges, that with the least error of the product on the samples.
 */
export function balance(samples: Samples, weights: Float32Array, options: BalanceOptions = {}): Float64Array {
  const { width } = samples
  const { held = BYTE_REACH, weight = BYTE_REACH, reach = channelReach(samples) } = options
  const parts = options.reach ? [1] : PARTS
  const pull = weightPull(weights, width)
  const roots = Float64Array.from(reach, (largest, i) => Math.sqrt(largest / (pull[i] ?? 1)))
  const shapes = [
    new Float64Array(width).fill(1),
    roots.map((root) => Math.sqrt(root)),
    roots,
    roots.map((root) => root * Math.sqrt(root)),
  ]
  const trial = trialOf(samples, weights)
  let [best, least] = [new Float64Array(width).fill(1), Number.POSITIVE_INFINITY]
  for (const shape of shapes) {
    const largest = reach.reduce((so, own, i) => Math.max(so, own / (shape[i] ?? 1)), 0)
    for (const part of parts) {
      const steps = shape.map((own) => (own * largest * part) / held)
      const error = productError(trial, steps, held, weight)
      if (error < least) [best, least] = [steps, error]
    }
  }
  return best
}

/** Largest magnitude of each channel; at least a millionth of the largest of all, so that nothing divides by 0. */
export function channelReach({ width, data }: Samples): Float64Array {
  const reach = new Float64Array(width)
  let most = 0
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i] ?? 0)
    if (size > (reach[i % width] ?? 0)) reach[i % width] = size
    if (size > most) most = size
  }
  return reach.map((size) => Math.max(size, most * 1e-6, 1e-30))
}

/** How far each input's largest weight reaches in its output's range. */
function weightPull(weights: Float32Array, width: number): Float64Array {
  const pull = new Float64Array(width).fill(1e-6)
  for (let row = 0; row < weights.length; row += width) {
    const own = weights.subarray(row, row + width)
    const most = own.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 1e-30)
    for (let i = 0; i < width; i++) pull[i] = Math.max(pull[i] ?? 0, Math.abs(own[i] ?? 0) / most)
  }
  return pull
}

type Trial = { readonly rows: readonly Float32Array[]; readonly outputs: readonly Float32Array[] }

/** Rows of samples, an eighth of them those with the largest values, and some of the matrix' outputs. */
function trialOf({ width, data }: Samples, weights: Float32Array): Trial {
  const cut = (all: Float32Array) =>
    Array.from({ length: all.length / width }, (_, row) => all.subarray(row * width, (row + 1) * width))
  const largest = (row: Float32Array) => row.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const rows = cut(data)
  const bySize = rows.map((row) => ({ row, size: largest(row) })).sort((a, b) => b.size - a.size)
  const extreme = bySize.slice(0, TRIAL_ROWS / 8).map(({ row }) => row)
  return {
    rows: [...extreme, ...thinned(rows, TRIAL_ROWS - extreme.length)],
    outputs: thinned(cut(weights), TRIAL_OUTPUTS),
  }
}

function thinned<T>(all: readonly T[], count: number): T[] {
  const stride = Math.max(1, all.length / count)
  return all.filter((_, i) => Math.floor(i / stride) !== Math.floor((i - 1) / stride))
}

/** Squared error of the product of samples and weights when both are held as integers within ±`reach` and ±`weightReach`. */
function productError({ rows, outputs }: Trial, steps: Float64Array, reach: number, weightReach: number): number {
  const held = rows.map((row) =>
    Float64Array.from(row, (value, i) => Math.max(-reach, Math.min(reach, Math.round(value / (steps[i] ?? 1))))),
  )
  let error = 0
  for (const output of outputs) {
    const weighed = Float64Array.from(output, (weight, i) => weight * (steps[i] ?? 1))
    const step = weighed.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-30) / weightReach
    const whole = weighed.map((weight) => Math.round(weight / step) * step)
    for (const [row, real] of rows.entries()) {
      const own = held[row]
      if (!own) continue
      let difference = 0
      for (let i = 0; i < real.length; i++)
        difference += (output[i] ?? 0) * (real[i] ?? 0) - (whole[i] ?? 0) * (own[i] ?? 0)
      error += difference * difference
    }
  }
  return error
}
