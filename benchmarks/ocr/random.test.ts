import { expect, test } from 'vitest'
import { random } from './random.ts'

test('the same seed gives the same numbers, for ever', () => {
  const source = random(1)
  expect([source.next(), source.next(), source.whole(1, 6), source.pick(['a', 'b'])]).toMatchInlineSnapshot(`
    [
      0.00006295018829405308,
      0.015747428173199296,
      4,
      "a",
    ]
  `)
  expect(random(2).next()).not.toBe(random(1).next())
})

test('keeps to its bounds and reaches both', () => {
  const source = random(9)
  const dice = Array.from({ length: 1000 }, () => source.whole(1, 6))
  expect([...new Set(dice)].sort()).toEqual([1, 2, 3, 4, 5, 6])
})

test('is normal: mean 0, deviation 1', () => {
  const source = random(9)
  const values = Array.from({ length: 20_000 }, () => source.normal())
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  expect(mean).toBeCloseTo(0, 1)
  expect(variance).toBeCloseTo(1, 1)
})
