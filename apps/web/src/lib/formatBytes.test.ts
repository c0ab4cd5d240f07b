import { expect, it } from 'vitest'
import { formatBytes } from './formatBytes.ts'

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [4_700_000, '4.7 MB'],
  [123_456_789, '123 MB'],
  [2e15, '2000 TB'],
])('%i: %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words)
})
