import { expect, test } from 'vitest'
import { chanceOf, DEFAULT_RERUN } from './policy.ts'

test.each([
  [0.02, undefined, 10n ** 30n, 0.02],
  [0, undefined, 5n, 0],
  [0.02, 1000n, 1n, 0.02],
  [0.02, 1000n, 500n, 0.5],
  [0.02, 1000n, 1000n, 1],
  [0, 0n, 0n, 1],
])('share %d, always from %s: an answer of %s wei has the chance %d', (share, alwaysFrom, charge, chance) => {
  expect(chanceOf({ ...DEFAULT_RERUN, share, alwaysFrom }, charge)).toBe(chance)
})
