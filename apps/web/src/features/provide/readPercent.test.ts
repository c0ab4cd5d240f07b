import { expect, it } from 'vitest'
import { readPercent } from './readPercent.ts'

it.each([
  ['30', 300_000],
  [' 0.29 ', 2_900],
  ['100', 1_000_000],
  ['100.01', undefined],
  ['-1', undefined],
  ['1e2', undefined],
  ['', undefined],
  ['٣', undefined],
])('reads "%s"', (text, parts) => {
  expect(readPercent(text, 100, 10_000)).toBe(parts)
})
