import { expect, test } from 'vitest'
import { meanInside } from './meanInside.ts'

const map = { width: 4, height: 3, data: Float32Array.from({ length: 12 }, (_, i) => i) }
const level = { along: { x: 1, y: 0 }, center: { x: 2, y: 1.5 } }

test('averages the pixels whose centres lie inside', () => {
  expect(meanInside(map, { ...level, width: 4, height: 3 })).toBe(5.5)
  expect(meanInside(map, { ...level, width: 2, height: 1 })).toBe((5 + 6) / 2)
})

test('turns with the rectangle and stops at the edge of the map', () => {
  const upright = { center: { x: 0, y: 1.5 }, along: { x: 0, y: 1 }, width: 30, height: 2 }
  expect(meanInside(map, upright)).toBe((0 + 4 + 8) / 3)
})

test('is 0 where there is no pixel', () => {
  expect(meanInside(map, { ...level, width: 0.5, height: 0.5 })).toBe(0)
  expect(meanInside(map, { ...level, center: { x: 50, y: 50 }, width: 9, height: 9 })).toBe(0)
})
