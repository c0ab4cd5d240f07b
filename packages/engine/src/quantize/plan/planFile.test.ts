import { expect, test } from 'vitest'
import { decodePlan, encodePlan } from './planFile.ts'

const PLAN = {
  grids: new Map([
    ['a', { lo: -5, hi: 7, scales: Float64Array.of(0.1) }],
    ['b', { lo: 0, hi: 9, scales: Float64Array.of(1 / 3, 2 ** -60) }],
  ]),
  shared: new Map([['c', 0.7]]),
}

test('a plan survives its file to the bit', () => {
  const file: unknown = JSON.parse(JSON.stringify(encodePlan(PLAN, 'ab')))
  expect(decodePlan(file)).toEqual({ ...PLAN, source: 'ab' })
})

test.each([
  [undefined, 'it does not say which file it is for'],
  [{ source: 'a' }, 'grids or shared scales are missing'],
  [{ source: 'a', grids: { x: [1, 2] }, shared: {} }, '"x" has no bounds or no scale'],
  [{ source: 'a', grids: { x: [1.5, 2, 1] }, shared: {} }, '"x" has no bounds or no scale'],
  [{ source: 'a', grids: { x: [1, 2, -1] }, shared: {} }, 'a scale of "x" is no positive number'],
  [{ source: 'a', grids: {}, shared: { y: 'z' } }, 'a scale of "y" is no positive number'],
])('refuses %j', (file, message) => {
  expect(() => decodePlan(file)).toThrow(message)
})
