import { powerOfTwo } from '../lower/functions.ts'
import { roundHalfEven } from './quantized.ts'

/** A float32 counts every integer up to here (specs/exact-inference.md, "Facts"). */
const LIMIT = 2 ** 24

/** More binary places than this gain nothing. */
const MOST_PLACES = 40

/** Constants of one output channel as multiples of 2^-places. */
export type DyadicRow = { readonly weights: Float64Array; readonly bias: number }

/**
 * Rounds the weights and the bias of one output channel to multiples of a power of two, as fine as the proof allows: every sum of products
 * with integers of magnitude up to `reach` must count less than 2^24 units. Undefined where not even whole numbers fit.
 */
export function toDyadic(weights: Float64Array, bias: number, reach: number): DyadicRow | undefined {
  const sum = weights.reduce((total, w) => total + Math.abs(w), 0) * reach + Math.abs(bias)
  let places = 0
  for (let scaled = sum; scaled * 2 <= LIMIT && places < MOST_PLACES; scaled *= 2) places++
  for (; places >= 0; places--) {
    const row = rounded(weights, bias, powerOfTwo(places))
    if (count(row, reach) <= LIMIT) return over(row, powerOfTwo(-places))
  }
  return undefined
}

function rounded(weights: Float64Array, bias: number, factor: number): DyadicRow {
  return { weights: weights.map((w) => roundHalfEven(w * factor)), bias: roundHalfEven(bias * factor) }
}

const count = ({ weights, bias }: DyadicRow, reach: number): number =>
  weights.reduce((total, w) => total + Math.abs(w), 0) * reach + Math.abs(bias)

const over = ({ weights, bias }: DyadicRow, unit: number): DyadicRow => ({
  weights: weights.map((w) => w * unit),
  bias: bias * unit,
})
