import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameFor, toImage } from './frame.ts'

const side = fc.integer({ min: 8, max: 4096 })
const along = fc.constantFrom({ x: 1, y: 0 }, { x: 0, y: 1 }, { x: -0.8, y: 0.6 }, { x: 0.28, y: -0.96 })

test('has sides that are multiples of 32, few pixels, one scale, and all of the image in it', () => {
  fc.assert(
    fc.property(side, side, along, (width, height, direction) => {
      const frame = frameFor({ width, height }, direction)
      expect([frame.width % 32, frame.height % 32]).toEqual([0, 0])
      expect(frame.width * frame.height).toBeLessThan(1_250_000 + 64 * (frame.width + frame.height))
      const scale = frame.width / frame.view.width
      expect(frame.height / frame.view.height).toBeCloseTo(scale, 9)
      expect(scale).toBeLessThanOrEqual(1)
      const corners = [
        [0, 0],
        [frame.width, 0],
        [0, frame.height],
        [frame.width, frame.height],
      ].map(([x = 0, y = 0]) => toImage(frame, { x, y }))
      expect(Math.min(...corners.map(({ x }) => x))).toBeLessThan(0)
      expect(Math.max(...corners.map(({ x }) => x))).toBeGreaterThan(width)
      expect(Math.min(...corners.map(({ y }) => y))).toBeLessThan(0)
      expect(Math.max(...corners.map(({ y }) => y))).toBeGreaterThan(height)
    }),
  )
})

test('the middle of the frame is the middle of the image', () => {
  const frame = frameFor({ width: 101, height: 57 }, { x: 0.6, y: 0.8 })
  const middle = toImage(frame, { x: frame.width / 2, y: frame.height / 2 })
  expect(middle.x).toBeCloseTo(50.5, 9)
  expect(middle.y).toBeCloseTo(28.5, 9)
})
