import { expect, test } from 'vitest'
import { cornersOf, type Point, type Rectangle } from '../geometry/rectangle.ts'
import { directRegions, pageDirection } from './directRegions.ts'

function region(x: number, y: number, along: Point, width: number, height: number) {
  const rectangle: Rectangle = { center: { x, y }, along, width, height }
  return { hull: cornersOf(rectangle) }
}

const TILT = { x: 0.96, y: 0.28 }

test('a long region gives its own direction, to the right or downwards, and grows', () => {
  const [level, upright] = directRegions([
    region(50, 50, { x: -0.96, y: -0.28 }, 80, 10),
    region(90, 50, { x: 0, y: -1 }, 60, 10),
  ])
  expect(level?.along.x).toBeCloseTo(0.96, 9)
  expect(level?.along.y).toBeCloseTo(0.28, 9)
  expect(upright?.along.x).toBeCloseTo(0, 9)
  expect(upright?.along.y).toBeCloseTo(1, 9)
  expect(level?.height).toBeGreaterThan(20)
})

test('a short region takes the direction of the page, even where it is taller than wide', () => {
  const regions = [region(50, 50, TILT, 90, 10), region(120, 70, TILT, 8, 16), region(50, 90, TILT, 60, 10)]
  const digit = directRegions(regions)[1]
  expect(digit?.along.x).toBeCloseTo(0.96, 9)
  expect(digit?.height).toBeGreaterThan(digit?.width ?? Infinity)
})

test('the page follows the axis with more text; without long regions it is level', () => {
  const upright = region(10, 50, { x: 0, y: 1 }, 90, 10)
  expect(pageDirection([upright, region(50, 50, TILT, 40, 10)])).toEqual({ x: 0, y: 1 })
  expect(pageDirection([region(5, 5, { x: 0, y: 1 }, 12, 10)])).toEqual({ x: 1, y: 0 })
  expect(pageDirection([])).toEqual({ x: 1, y: 0 })
})
