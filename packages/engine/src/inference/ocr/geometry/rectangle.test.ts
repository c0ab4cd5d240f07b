import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundAlong, cornersOf, pointAt, type Rectangle, turn } from './rectangle.ts'

const coordinate = fc.double({ min: -1000, max: 1000, noNaN: true })
const length = fc.double({ min: 1, max: 1000, noNaN: true })

/** Unit vectors with rational parts (Pythagorean triples), so that no angle needs trigonometry. */
const direction = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 20 })).map(([p, q]) => {
  const sum = p * p + q * q
  return { x: (q * q - p * p) / sum, y: (2 * p * q) / sum }
})

const rectangle: fc.Arbitrary<Rectangle> = fc.record({
  center: fc.record({ x: coordinate, y: coordinate }),
  along: direction,
  width: length,
  height: length,
})

test('corners run clockwise on screen from the top left', () => {
  expect(cornersOf({ center: { x: 10, y: 20 }, along: { x: 1, y: 0 }, width: 6, height: 4 })).toEqual([
    { x: 7, y: 18 },
    { x: 13, y: 18 },
    { x: 13, y: 22 },
    { x: 7, y: 22 },
  ])
})

test('a quarter turn starts at the next corner, four are none', () => {
  fc.assert(
    fc.property(rectangle, (r) => {
      const [a, b, c, d] = cornersOf(r)
      cornersOf(turn(r, 1)).forEach((corner, i) => {
        expect(corner.x).toBeCloseTo([b, c, d, a][i]?.x ?? Number.NaN, 6)
        expect(corner.y).toBeCloseTo([b, c, d, a][i]?.y ?? Number.NaN, 6)
      })
      const { along, ...rest } = turn(r, 4)
      expect(rest).toEqual({ center: r.center, width: r.width, height: r.height })
      expect(Math.abs(along.x - r.along.x) + Math.abs(along.y - r.along.y)).toBe(0)
    }),
  )
})

test('the bound of its corners along its own direction is the rectangle', () => {
  fc.assert(
    fc.property(rectangle, (r) => {
      const bound = boundAlong(cornersOf(r), r.along)
      expect(bound.width).toBeCloseTo(r.width, 6)
      expect(bound.height).toBeCloseTo(r.height, 6)
      expect(bound.center.x).toBeCloseTo(r.center.x, 6)
      expect(bound.center.y).toBeCloseTo(r.center.y, 6)
    }),
  )
})

test('points are measured from the centre', () => {
  const lying = { center: { x: 5, y: 5 }, along: { x: 0, y: 1 }, width: 8, height: 2 }
  expect(pointAt(lying, 3, 1)).toEqual({ x: 4, y: 8 })
})
