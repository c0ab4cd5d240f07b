import { expect, test } from 'vitest'
import { normalizeText } from './normalizeText.ts'

test.each([
  ['', ''],
  ['a', '▁a'],
  ['a b', '▁a▁b'],
  [' a  b ', '▁▁a▁▁b▁'],
  ['ﬁn', '▁fin'],
  ['e\u0301', '▁é'],
  ['a\u00a0b', '▁a▁b'],
  ['a\tb\n', '▁a\tb\n'],
])('%j becomes %j', (text, normalized) => {
  expect(normalizeText(text)).toBe(normalized)
})
