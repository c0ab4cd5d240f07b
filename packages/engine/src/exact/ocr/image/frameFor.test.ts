import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameLiterally } from '../reference/readLiterally.ts'
import { frameFor } from './frameFor.ts'

const side = fc.integer({ min: 8, max: 4096 })

test('shows a page that fits as it is, with room around it', () => {
  expect(frameFor({ width: 900, height: 600 })).toEqual({
    box: { left: -16, top: -16, right: 944, bottom: 624 },
    width: 960,
    height: 640,
    reduction: 32,
  })
})

test('is 960 pixels at most, covers the page, and is what the specification says', () => {
  fc.assert(
    fc.property(side, side, (width, height) => {
      const frame = frameFor({ width, height })
      expect(frame).toEqual(frameLiterally({ width, height }))
      expect([frame.width % 32, frame.height % 32]).toEqual([0, 0])
      expect(Math.max(frame.width, frame.height)).toBeLessThanOrEqual(960)
      expect(Math.min(frame.width, frame.height)).toBeGreaterThanOrEqual(64)
      const { left, top, right, bottom } = frame.box
      expect(left < 0 && top < 0 && right >= width && bottom >= height).toBe(true)
    }),
  )
})
