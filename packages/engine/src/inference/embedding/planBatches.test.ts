import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planBatches } from './planBatches.ts'

const anyLengths = fc.array(fc.integer({ min: 0, max: 128 }), { maxLength: 300 })

test('every text is in one batch, the last of a batch is the longest, and work on padding is bounded', () => {
  fc.assert(
    fc.property(anyLengths, (lengths) => {
      const batches = planBatches(lengths)
      expect(batches.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i))
      for (const batch of batches) {
        const inBatch = batch.map((i) => lengths[i] ?? 0)
        const cells = inBatch.length * (inBatch.at(-1) ?? 0)
        const tokens = inBatch.reduce((sum, length) => sum + length, 0)
        expect(inBatch.at(-1)).toBe(Math.max(...inBatch))
        expect(cells).toBeLessThanOrEqual(2048)
        expect(cells - tokens).toBeLessThanOrEqual(cells / 4)
      }
    }),
  )
})

test.each([
  ['texts of one length go together', [5, 5, 5], [[0, 1, 2]]],
  ['so do texts of like length', [12, 10, 11], [[1, 2, 0]]],
  ['a long one goes alone', [4, 100, 4], [[0, 2], [1]]],
  ['empty texts go by themselves', [0, 3, 0], [[0, 2], [1]]],
  ['no texts, no batches', [], []],
])('%s', (_, lengths, batches) => {
  expect(planBatches(lengths)).toEqual(batches)
})
