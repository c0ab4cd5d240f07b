import { expect, test } from 'vitest'
import { findRegions } from './findRegions.ts'

/** A map of `value` inside the given box, 0 elsewhere. */
function mapWith(value: number, left: number, top: number, right: number, bottom: number) {
  const [width, height] = [40, 30]
  const data = new Float32Array(width * height)
  for (let y = top; y < bottom; y++) data.fill(value, y * width + left, y * width + right)
  return { width, height, data }
}

test('gives the hull of a probable area', () => {
  const [region, ...others] = findRegions(mapWith(0.9, 5, 10, 25, 14))
  expect(others).toEqual([])
  expect(region?.hull).toEqual([
    { x: 5, y: 10 },
    { x: 25, y: 10 },
    { x: 25, y: 14 },
    { x: 5, y: 14 },
  ])
})

test.each([
  ['improbable on average', mapWith(0.5, 5, 10, 25, 14)],
  ['below the threshold', mapWith(0.3, 5, 10, 25, 14)],
  ['thinner than three pixels', mapWith(0.9, 5, 10, 25, 12)],
  ['empty', mapWith(0, 0, 0, 0, 0)],
])('leaves out what is %s', (_, map) => {
  expect(findRegions(map)).toEqual([])
})
