import { type Emitter, int } from '../emit/emitter.ts'
import { roundHalfEven } from '../emit/quantized.ts'
import { exponentOf } from './dyadic.ts'
import { powerOfTwo } from './functions.ts'

/** Sums of squares, and products with reciprocals of their roots, stay below 2^52 (specs/exact-inference.md, "Facts"). */
const LIMIT = 2 ** 52
/** Largest whole gain. */
export const GAIN_REACH = 255

export type RootNormParameters = {
  emitter: Emitter
  /** f64 [..., width], integers within ±`reach`. */
  x: string
  width: number
  reach: number
  /** What is added to the mean of squares, counted in squared steps of x. */
  epsilon: number
  /** Whole numbers from 1 to 255, one a channel. */
  gains: ArrayLike<number>
  /** Result for a channel that is as large as the root mean square, with gain 1. */
  unit: number
  hint: string
}

/** Largest magnitude of integers whose squares, `width` of them, can be summed. */
export const rootNormReach = (width: number): number => Math.floor(Math.sqrt((0.98 * LIMIT) / width))

/**
 * x / √(mean x² + ε) · gain · unit along the last axis, as a passing f64 tensor. The root is rounded down to an integer r and N / r to
 * an integer, so a row's result is too large by up to 1/r and too small by up to r/N of itself. N is at least 2^51 / (reach · 255) times the
 * least root, that of ε alone, halved: for a reach of 2^21, rows up to 2^10 times as large as ε are within 2^−10 of the real ones.
 */
export function rootNorm({ emitter, x, width, reach, epsilon, gains, unit, hint }: RootNormParameters): string {
  const least = Math.max(1, roundHalfEven(epsilon * width))
  if (width * reach * reach + least >= LIMIT)
    throw new RangeError(`Squares of ${width} numbers up to ${reach} are too large.`)
  const squares = emitter.node('Mul', [x, x], {}, `${hint}/squares`)
  const sum = emitter.node('ReduceSum', [squares, emitter.i64([-1])], { keepdims: int(1) }, `${hint}/sum`)
  const root = emitter.node(
    'Floor',
    [emitter.node('Sqrt', [emitter.node('Add', [sum, emitter.f64(least)])])],
    {},
    `${hint}/root`,
  )
  // x · gain · 2^−shift · ⌊N / r⌋ with N = 2^shift · unit · √width: the largest shift for which the product fits.
  const most = LIMIT / 2 / (reach * GAIN_REACH)
  const exact = unit * Math.sqrt(width)
  const shift = exponentOf((most * Math.floor(Math.sqrt(least))) / exact)
  const numerator = Math.floor(powerOfTwo(shift) * exact)
  const inverse = emitter.node(
    'Div',
    [emitter.i64([numerator]), emitter.cast(root, 'i64', `${hint}/root`)],
    {},
    `${hint}/inverse`,
  )
  const weighed = emitter.node(
    'Mul',
    [
      x,
      emitter.f64(
        Float64Array.from(gains, (gain) => gain * powerOfTwo(-shift)),
        [width],
        `${hint}/gains`,
      ),
    ],
    {},
    `${hint}/weighed`,
  )
  return emitter.node('Mul', [weighed, emitter.cast(inverse, 'f64', `${hint}/inverse`)], {}, hint)
}
