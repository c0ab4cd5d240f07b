import fc from 'fast-check'
import { expect, test } from 'vitest'
import { characterAccuracy, editDistance, normaliseSpace } from './characterAccuracy.ts'

test.each([
  ['', '', 0],
  ['stoa', '', 4],
  ['kitten', 'sitting', 3],
  ['flaw', 'lawn', 2],
  ['é', 'e', 1],
])('from %j to %j it is %d edits', (from, to, edits) => {
  expect(editDistance(from, to)).toBe(edits)
})

test('is a metric', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 })
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a))
      expect(editDistance(a, b) === 0).toBe(a === b)
      expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c))
    }),
  )
})

test('weighs samples by length, forgives line breaks but not missing spaces, and is never negative', () => {
  expect(normaliseSpace(' a\n b  c ')).toBe('a b c')
  expect(characterAccuracy([{ truth: 'abc\ndef', read: 'abc def' }])).toBe(1)
  expect(characterAccuracy([{ truth: 'a b', read: 'ab' }])).toBeCloseTo(2 / 3, 9)
  const samples = [
    { truth: 'abcdefghi', read: 'abcdefghi' },
    { truth: 'x', read: 'quite another text' },
  ]
  expect(characterAccuracy(samples)).toBe(0.9)
})
