import fc from 'fast-check'
import { expect, test } from 'vitest'
import { convexHull } from './convexHull.ts'
import type { Point } from './rectangle.ts'

const point = fc.record({ x: fc.integer({ min: -50, max: 50 }), y: fc.integer({ min: -50, max: 50 }) })

function cross(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

test('contains every point, has no straight corner and no corner of its own', () => {
  fc.assert(
    fc.property(fc.array(point, { minLength: 3, maxLength: 60 }), (points) => {
      const hull = convexHull(points)
      const area = hull.reduce((sum, a, i) => {
        const b = hull[(i + 1) % hull.length] ?? a
        return sum + a.x * b.y - a.y * b.x
      }, 0)
      fc.pre(hull.length >= 3 && area !== 0)
      hull.forEach((a, i) => {
        const [b, c] = [hull[(i + 1) % hull.length] ?? a, hull[(i + 2) % hull.length] ?? a]
        expect(cross(a, b, c)).toBeGreaterThan(0)
        expect(points).toContainEqual(a)
        for (const p of points) expect(cross(a, b, p)).toBeGreaterThanOrEqual(0)
      })
    }),
  )
})

test('does not depend on the order of the points', () => {
  fc.assert(
    fc.property(fc.array(point, { maxLength: 30 }), (points) => {
      expect(convexHull(points.toReversed())).toEqual(convexHull(points))
    }),
  )
})

test('keeps the two ends of a line, and a single point', () => {
  const line = [0, 3, 1, 2].map((x) => ({ x, y: 2 * x }))
  expect(convexHull(line)).toEqual([
    { x: 0, y: 0 },
    { x: 3, y: 6 },
  ])
  expect(convexHull([line[1], line[1]].filter((p) => p !== undefined))).toEqual([{ x: 3, y: 6 }])
})
