/** Sample positions are sixteenths of a pixel. */
export const FRACTIONS = 16

/**
 * How each of the output's pixels is made of source pixels along one axis: `count[k]` of them from `first[k]` on, with the weights
 * from `weights[k * most]` on, which sum to `total`.
 */
export type AxisWeights = {
  readonly first: Int32Array
  readonly count: Int32Array
  readonly weights: Int32Array
  readonly most: number
  readonly total: number
}

/**
 * Weights for drawing the interval of `length` pixels from `start` on as `size` pixels of an axis that is `limit` pixels long. Every
 * output pixel is the sum of t = ⌈length / size⌉ linear samples; what lies beyond the axis counts for its first or last pixel.
 */
export function axisWeights(start: number, length: number, size: number, limit: number): AxisWeights {
  const samples = Math.ceil(length / size)
  const most = Math.ceil(length / size) + 2
  const first = new Int32Array(size)
  const count = new Int32Array(size)
  const weights = new Int32Array(size * most)
  const clamp = (pixel: number) => Math.min(Math.max(pixel, 0), limit - 1)
  for (let k = 0; k < size; k++) {
    const from = clamp(positionOf(k * samples, start, length, size * samples) >> 4)
    first[k] = from
    for (let s = k * samples; s < (k + 1) * samples; s++) {
      const position = positionOf(s, start, length, size * samples)
      const fraction = position & (FRACTIONS - 1)
      const [a, b] = [clamp(position >> 4), clamp((position >> 4) + 1)]
      weights[k * most + a - from] = (weights[k * most + a - from] ?? 0) + FRACTIONS - fraction
      if (fraction > 0) weights[k * most + b - from] = (weights[k * most + b - from] ?? 0) + fraction
      count[k] = (fraction > 0 ? b : a) - from + 1
    }
  }
  return { first, count, weights, most, total: FRACTIONS * samples }
}

/** Where sample `s` of `all` lies, in sixteenths of a pixel from the centre of pixel 0, rounded downwards. */
function positionOf(s: number, start: number, length: number, all: number): number {
  return FRACTIONS * start - FRACTIONS / 2 + Math.floor(((2 * s + 1) * length * FRACTIONS) / (2 * all))
}
