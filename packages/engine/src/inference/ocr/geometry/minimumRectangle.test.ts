import fc from 'fast-check'
import { expect, test } from 'vitest'
import { convexHull } from './convexHull.ts'
import { minimumRectangle } from './minimumRectangle.ts'
import { boundAlong, cornersOf } from './rectangle.ts'

const points = fc.array(fc.record({ x: fc.integer({ min: 0, max: 99 }), y: fc.integer({ min: 0, max: 99 }) }), {
  minLength: 3,
  maxLength: 40,
})

test('covers the points, with no more area than a rectangle at any of 180 angles', () => {
  fc.assert(
    fc.property(points, (all) => {
      const least = minimumRectangle(convexHull(all))
      const again = boundAlong(all, least.along)
      expect(again.width).toBeLessThanOrEqual(least.width + 1e-9)
      expect(again.height).toBeLessThanOrEqual(least.height + 1e-9)
      for (let degree = 0; degree < 180; degree++) {
        const radians = (degree * Math.PI) / 180
        const other = boundAlong(all, { x: Math.cos(radians), y: Math.sin(radians) })
        expect(least.width * least.height).toBeLessThanOrEqual(other.width * other.height + 1e-6)
      }
      expect(least.width).toBeGreaterThanOrEqual(least.height)
    }),
  )
})

test('finds a tilted rectangle again, along its longer side', () => {
  const tilted = { center: { x: 40, y: 30 }, along: { x: 0.8, y: 0.6 }, width: 50, height: 10 }
  const found = minimumRectangle(convexHull(cornersOf(tilted)))
  expect(found.width).toBeCloseTo(50, 9)
  expect(found.height).toBeCloseTo(10, 9)
  expect(Math.abs(found.along.x * 0.8 + found.along.y * 0.6)).toBeCloseTo(1, 9)
})
