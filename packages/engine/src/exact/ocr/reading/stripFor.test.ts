import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stripWidthLiterally } from '../reference/readLiterally.ts'
import { stripFor } from './stripFor.ts'

const boxOf = (width: number, height: number) => ({ left: 5, top: 7, right: 5 + width, bottom: 7 + height })

test.each([
  [100, 48, 104],
  [99, 48, 96],
  [123, 48, 120],
  [124, 48, 128],
  [136, 48, 144],
  [3, 30, 32],
  [4000, 16, 3072],
])('a box of %d × %d is read at a width of %d', (width, height, expected) => {
  expect(stripFor(boxOf(width, height))).toEqual({ box: boxOf(width, height), width: expected, height: 48 })
})

test('is what the specification says', () => {
  const side = fc.integer({ min: 1, max: 8000 })
  fc.assert(
    fc.property(side, side, (width, height) => {
      expect(stripFor(boxOf(width, height)).width).toBe(stripWidthLiterally(boxOf(width, height)))
    }),
  )
})
