import { bestStep } from './byteProduct.ts'
import { BYTE_REACH } from './bytes.ts'

/** Rows of real numbers, one after the other. */
export type Samples = { readonly width: number; readonly data: Float32Array }

/** Rows that are tried out for each way to balance. */
const TRIAL_ROWS = 24
/** Values that are looked at for one step. */
const TRIAL_VALUES = 30_000
/** How many ways to shorten a range are tried; each cuts off another 2 %. */
const TRIALS = 25

/**
 * Real value of one byte step for each channel of what a matrix reads. Large channels make all others coarse, unless they are held in
 * larger steps, which makes their weights larger, and so those coarse: SmoothQuant's balance (arXiv 2211.10438). Of the exponents 0,
 * ¼, ½ and ¾, and steps for each, that with the least error of the product on the samples. `most`: the largest
 * integer that the held bytes stand for.
 */
export function balance({ width, data }: Samples, weights: Float32Array, most = BYTE_REACH): Float64Array {
  const reach = channelReach({ width, data })
  const pull = weightPull(weights, width)
  const roots = Float64Array.from(reach, (largest, i) => Math.sqrt(largest / (pull[i] ?? 1)))
  const candidates = [
    new Float64Array(width).fill(1),
    roots.map((root) => Math.sqrt(root)),
    roots,
    roots.map((root) => root * Math.sqrt(root)),
  ].map((shape) => withBestStep({ width, data }, shape, most))
  let [best, least] = [candidates[0] ?? new Float64Array(width).fill(1), Number.POSITIVE_INFINITY]
  for (const steps of candidates) {
    const error = productError({ width, data }, weights, steps, most)
    if (error < least) [best, least] = [steps, error]
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

function withBestStep({ width, data }: Samples, shape: Float64Array, most: number): Float64Array {
  // A stride without a common divisor with the width meets all channels.
  let stride = Math.max(1, Math.floor(data.length / TRIAL_VALUES))
  while (stride > 1 && !coprime(stride, width)) stride++
  const count = Math.ceil(data.length / stride)
  const scaled = Float32Array.from(
    { length: count },
    (_, i) => (data[i * stride] ?? 0) / (shape[(i * stride) % width] ?? 1),
  )
  const step = bestStep(scaled, most, TRIALS)
  return shape.map((s) => s * step)
}

function coprime(a: number, b: number): boolean {
  return b === 0 ? a === 1 : coprime(b, a % b)
}

/** Squared error of the product of samples and weights when both are held in bytes, relative to each output's weights. */
function productError({ width, data }: Samples, weights: Float32Array, steps: Float64Array, reach: number): number {
  const stride = Math.max(1, Math.floor(data.length / width / TRIAL_ROWS)) * width
  const rows: { real: Float32Array; held: Float64Array }[] = []
  for (let at = 0; at + width <= data.length && rows.length < TRIAL_ROWS; at += stride) {
    const real = data.subarray(at, at + width)
    const held = Float64Array.from(real, (value, i) => {
      const step = steps[i] ?? 1
      return Math.max(-reach, Math.min(reach, Math.round(value / step)))
    })
    rows.push({ real, held })
  }
  let error = 0
  const weighed = new Float64Array(width)
  for (let at = 0; at < weights.length; at += width) {
    let most = 1e-30
    for (let i = 0; i < width; i++) {
      weighed[i] = (weights[at + i] ?? 0) * (steps[i] ?? 1)
      most = Math.max(most, Math.abs(weighed[i] ?? 0))
    }
    const step = most / BYTE_REACH
    for (const { real, held } of rows) {
      let difference = 0
      for (let i = 0; i < width; i++)
        difference +=
          (weights[at + i] ?? 0) * (real[i] ?? 0) - Math.round((weighed[i] ?? 0) / step) * step * (held[i] ?? 0)
      error += difference * difference
    }
  }
  return error
}
