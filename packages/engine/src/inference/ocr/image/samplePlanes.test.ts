import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Rectangle } from '../geometry/rectangle.ts'
import type { Image } from './image.ts'
import { samplePlanes } from './samplePlanes.ts'

const RAW = { scale: [1, 1, 1], offset: [0, 0, 0] } as const

function sample(image: Image, rectangle: Rectangle, width: number, height: number): number[] {
  const data = new Float32Array(3 * width * height)
  samplePlanes(image, rectangle, { width, height }, { data, at: 0, stride: width, planeSize: width * height }, RAW)
  return [...data]
}

const image: Image = { width: 3, height: 2, data: Uint8Array.from({ length: 18 }, (_, i) => 10 * i) }
const whole: Rectangle = { center: { x: 1.5, y: 1 }, along: { x: 1, y: 0 }, width: 3, height: 2 }
const RED = [0, 30, 60, 90, 120, 150]

test('at its own size an image comes back, as planes of blue, green and red', () => {
  expect(sample(image, whole, 3, 2)).toEqual([...RED.map((v) => v + 20), ...RED.map((v) => v + 10), ...RED])
})

test('upside down it comes back reversed, sideways transposed', () => {
  const turned = sample(image, { ...whole, along: { x: -1, y: 0 } }, 3, 2)
  expect(turned.slice(12)).toEqual(RED.toReversed())
  const sideways = sample(image, { ...whole, along: { x: 0, y: 1 }, width: 2, height: 3 }, 2, 3)
  expect(sideways.slice(12)).toEqual([60, 150, 30, 120, 0, 90])
})

test('between pixels it is bilinear, beyond the image its edge goes on', () => {
  const between = sample(image, { ...whole, center: { x: 1, y: 1 }, width: 1, height: 1 }, 1, 1)
  expect(between[2]).toBe((0 + 30 + 90 + 120) / 4)
  const beyond = sample(image, { ...whole, center: { x: -9, y: -9 }, width: 1, height: 1 }, 1, 1)
  expect(beyond).toEqual([20, 10, 0])
})

test('reduced to one pixel it is the mean, and is normalised', () => {
  const data = new Float32Array(3)
  const planes = { data, at: 0, stride: 1, planeSize: 1 }
  samplePlanes(image, whole, { width: 1, height: 1 }, planes, { scale: [2, 2, 2], offset: [1, 2, 3] })
  expect([...data]).toEqual([95 * 2 + 1, 85 * 2 + 2, 75 * 2 + 3])
})

test('a flat image stays flat under any view', () => {
  const flat = { width: 5, height: 4, data: new Uint8Array(60).fill(77) }
  const side = fc.double({ min: 0.1, max: 60, noNaN: true })
  const place = fc.double({ min: -20, max: 20, noNaN: true })
  fc.assert(
    fc.property(side, side, place, place, fc.integer({ min: 1, max: 9 }), (width, height, x, y, size) => {
      const view = { center: { x, y }, along: { x: 0.6, y: -0.8 }, width, height }
      for (const value of sample(flat, view, size, size)) expect(value).toBeCloseTo(77, 4)
    }),
  )
})
