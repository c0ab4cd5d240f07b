import { expect, test } from 'vitest'
import { magnitude, roundHalfEven, toGrid } from './quantized.ts'

test('rounds to the nearest, ties to the even one', () => {
  expect([-2.5, -1.5, -0.5, 0.49999999999999994, 0.5, 1.5, 2.5, 2.500001].map(roundHalfEven)).toEqual([
    -2, -2, 0, 0, 0, 2, 2, 3,
  ])
})

test('a real number becomes the nearest integer of a grid, within its bounds', () => {
  const grid = { scale: 0.5, lo: -4, hi: 7 }
  expect([-100, -1.1, 0.3, 100].map((real) => toGrid(real, grid))).toEqual([-4, -2, 1, 7])
  expect(magnitude(grid)).toBe(7)
})
