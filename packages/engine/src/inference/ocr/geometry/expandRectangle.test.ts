import { expect, test } from 'vitest'
import { expandRectangle } from './expandRectangle.ts'

test('moves every side out by area × ratio / perimeter', () => {
  const rectangle = { center: { x: 0, y: 0 }, along: { x: 0.6, y: 0.8 }, width: 30, height: 10 }
  expect(expandRectangle(rectangle, 1.6)).toEqual({ ...rectangle, width: 42, height: 22 })
})

test('leaves a point a point', () => {
  const point = { center: { x: 1, y: 2 }, along: { x: 1, y: 0 }, width: 0, height: 0 }
  expect(expandRectangle(point, 1.5)).toEqual(point)
})
