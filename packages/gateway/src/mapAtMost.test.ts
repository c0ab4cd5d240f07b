import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mapAtMost } from './mapAtMost.ts'

it('returns what came of all items in their order, and never works on more than it may', async () => {
  const given = fc.record({ most: fc.integer({ min: 1, max: 9 }), turns: fc.array(fc.integer({ min: 0, max: 5 })) })
  await fc.assert(
    fc.asyncProperty(given, async ({ most, turns }) => {
      let [now, peak] = [0, 0]
      const items = turns.map((turn, i) => ({ turn, i }))
      const results = await mapAtMost(most, items, async ({ turn, i }) => {
        peak = Math.max(peak, ++now)
        for (let n = 0; n < turn; n++) await Promise.resolve()
        now--
        return i
      })
      expect(results).toEqual(items.map(({ i }) => i))
      expect(peak).toBe(Math.min(peak, most))
    }),
  )
})

it('begins nothing after a failure, which it rejects with', async () => {
  const begun: number[] = []
  const work = async (n: number) => {
    begun.push(n)
    if (n === 2) throw new RangeError('two')
  }
  await expect(mapAtMost(1, [1, 2, 3, 4], work)).rejects.toThrow('two')
  expect(begun).toEqual([1, 2])
})
