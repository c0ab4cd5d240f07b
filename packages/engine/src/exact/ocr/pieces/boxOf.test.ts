import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameFor } from '../image/frameFor.ts'
import { boxLiterally } from '../reference/readLiterally.ts'
import { boxOf } from './boxOf.ts'

test('moves every side outwards by 1.7 times area over perimeter', () => {
  // 100 × 10 → 1.7 · 1000 / 220 = 7.73 pixels; the page starts at pixel 16 of the frame.
  const area = { left: 50, top: 40, right: 150, bottom: 50, pixels: 900, sum: 9000 }
  const box = boxOf(area, frameFor({ width: 600, height: 400 }))
  expect(box).toEqual({ left: 26, top: 16, right: 142, bottom: 42 })
})

test('is what the specification says, on pages of any size', () => {
  const side = fc.integer({ min: 8, max: 4096 })
  const span = fc.tuple(fc.nat({ max: 900 }), fc.integer({ min: 3, max: 60 }))
  fc.assert(
    fc.property(side, side, span, span, (width, height, [left, across], [top, down]) => {
      const frame = frameFor({ width, height })
      const area = { left, top, right: left + across, bottom: top + down, pixels: 9, sum: 90 }
      expect(boxOf(area, frame)).toEqual(boxLiterally(area, frame.reduction))
    }),
  )
})
