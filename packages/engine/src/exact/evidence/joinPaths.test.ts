import { expect, test } from 'vitest'
import { joinPaths } from './joinPaths.ts'
import type { TensorOpening } from './types.ts'

const opening = (kind: number, index: number, depth: number): TensorOpening => ({
  ...{ kind, index, header: '0x', dataRoot: '0x' },
  path: Array.from({ length: depth }, (_, i) => `0x${index}${i}` as const),
})

test('an entry shows only what no entry before it shows', () => {
  const joined = joinPaths([12, 13, 4, 40, 41].map((index) => opening(1, index, 6)))
  // 13 is 12's sibling; 4 meets them three levels up, 40 at the top; 41 is 40's sibling.
  expect(joined.map(({ path }) => path.length)).toEqual([6, 0, 3, 5, 0])
  expect(joined[2]?.path).toEqual(['0x40', '0x41', '0x42'])
})

test('joins no path to one that ends as early', () => {
  const joined = joinPaths([0, 1, 2].map((index) => opening(1, index, 3)))
  expect(joined.map(({ path }) => path.length)).toEqual([3, 0, 1])
})

test('leaves inputs and constants alone', () => {
  const openings = [opening(2, 0, 0), opening(3, 1, 0), opening(1, 1, 2)]
  expect(joinPaths(openings)).toEqual(openings)
})
