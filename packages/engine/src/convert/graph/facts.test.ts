import { expect, test } from 'vitest'
import { broadcast, type Dim, positive, productOf, sameDims } from './facts.ts'

test.each<[Dim[], Dim | undefined]>([
  [[], 1],
  [[2, 3], 6],
  [[1, 'n', 1], 'n'],
  [[2, 'n'], undefined],
  [['n', 'm'], undefined],
])('product of %j', (dims, product) => {
  expect(productOf(dims)).toBe(product)
})

test.each<[Dim[], Dim[], Dim[]]>([
  [['n', 4], [4], ['n', 4]],
  [
    ['n', 1],
    ['n', 5],
    ['n', 5],
  ],
  [[], ['n'], ['n']],
  [['n'], [3], [3]],
  [['n'], ['m'], ['fresh']],
  [
    ['b', 4, 'l', 'l'],
    ['b', 1, 1, 'l'],
    ['b', 4, 'l', 'l'],
  ],
])('%j with %j', (a, b, together) => {
  expect(broadcast(a, b, () => 'fresh')).toEqual(together)
})

test('shapes are the same when every length is, by number or by name', () => {
  expect(sameDims(['n', 2], ['n', 2])).toBe(true)
  expect(sameDims(['n', 2], ['m', 2])).toBe(false)
  expect(sameDims(['n'], ['n', 1])).toBe(false)
  expect(sameDims(undefined, undefined)).toBe(false)
})

test('axes from the back', () => {
  expect([positive(-1, 3), positive(0, 3)]).toEqual([2, 0])
})
