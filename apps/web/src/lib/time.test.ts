import { expect, it } from 'vitest'
import { formatDuration, formatSpan, relativeTime } from './time.ts'

it.each([
  [0, 'just now'],
  [4, 'just now'],
  [-10, '10 seconds ago'],
  [-59, '59 seconds ago'],
  [-60, '1 minute ago'],
  [-3 * 3_600, '3 hours ago'],
  [-86_400, 'yesterday'],
  [48 * 3_600, 'in 2 days'],
  [-400 * 86_400, 'last year'],
])('%i seconds from now: %s', (seconds, words) => {
  expect(relativeTime(1_700_000_000 + seconds, 1_700_000_000)).toBe(words)
})

it.each([
  [7.4, '7 ms'],
  [999, '999 ms'],
  [1_040, '1.0 s'],
  [61_000, '61 s'],
])('%f ms: %s', (milliseconds, words) => {
  expect(formatDuration(milliseconds)).toBe(words)
})

it.each([
  [172_800, '48 hours'],
  [3_600, '1 hour'],
  [5_400, '90 minutes'],
  [61, '61 seconds'],
  [10 * 86_400, '10 days'],
  [10 * 86_400 + 3_600, '241 hours'],
])('%i s: %s', (seconds, words) => {
  expect(formatSpan(seconds)).toBe(words)
})
