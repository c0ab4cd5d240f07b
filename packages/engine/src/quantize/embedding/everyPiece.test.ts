import { expect, test } from 'vitest'
import { everyPiece } from './everyPiece.ts'

test('every piece occurs as often as every other, alone and in company', () => {
  const texts = everyPiece(8_000)
  const counts = new Map<number, number>()
  for (const id of texts.flat()) counts.set(id, (counts.get(id) ?? 0) + 1)
  expect(counts.size).toBe(8_000)
  expect(new Set(counts.values())).toEqual(new Set([6]))
  expect(texts.filter(({ length }) => length === 1)).toHaveLength(8_000)
  expect(Math.max(...texts.map(({ length }) => length))).toBe(32)
})

test('a vocabulary that a stride divides is refused', () => {
  expect(() => everyPiece(2 * 1_237)).toThrow(RangeError)
})
