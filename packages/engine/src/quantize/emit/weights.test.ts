import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toDyadic } from './weights.ts'

const UNIT = 2 ** -60

/** Largest power of two of which every number is a multiple. */
function unitOf(numbers: readonly number[]): number {
  let unit = 2 ** 24
  while (unit > UNIT && numbers.some((n) => !Number.isInteger(n / unit))) unit /= 2
  return unit
}

test('sums of products count at most 2^24 units, and weights are as near as those allow', () => {
  const real = fc.double({ min: -50, max: 50, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(real, { minLength: 1, maxLength: 40 }),
      real,
      fc.integer({ min: 1, max: 8191 }),
      (list, bias, reach) => {
        const weights = Float64Array.from(list)
        const row = toDyadic(weights, bias, reach)
        if (!row) return
        const sum = row.weights.reduce((total, w) => total + Math.abs(w), 0) * reach + Math.abs(row.bias)
        expect(sum / unitOf([...row.weights, row.bias])).toBeLessThanOrEqual(2 ** 24)
        expect(Float64Array.from(row.weights, Math.fround)).toEqual(row.weights)
        const size = weights.reduce((total, w) => total + Math.abs(w), 0) * reach + Math.abs(bias)
        // Half a unit of what fits, or of the next coarser one.
        const error = Math.max(...row.weights.map((w, i) => Math.abs(w - (weights[i] ?? 0))))
        expect(error).toBeLessThanOrEqual(Math.max(size / 2 ** 22, 2 ** -40))
      },
    ),
  )
})

test('weights that not even whole numbers can stand for are told', () => {
  expect(toDyadic(Float64Array.of(5000, 5000), 0, 4000)).toBeUndefined()
})
