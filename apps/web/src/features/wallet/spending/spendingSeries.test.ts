import fc from 'fast-check'
import { expect, it } from 'vitest'
import { spendingSeries } from './spendingSeries.ts'

const FROM = 20_000
const row = fc.record({
  day: fc.integer({ min: FROM, max: FROM + 29 }),
  modelId: fc.bigInt({ min: 1n, max: 12n }),
  paid: fc.bigInt({ min: 0n, max: 2n ** 96n }),
  calls: fc.nat(1_000_000),
  settlements: fc.nat(1_000),
})

it('sums to the wei, by day, by series and in all, however many models there are', () => {
  fc.assert(
    fc.property(fc.array(row), fc.integer({ min: 1, max: 6 }), (rows, most) => {
      const { series, days, total, calls } = spendingSeries(rows, FROM, FROM + 29, most)
      const spent = rows.reduce((sum, { paid }) => sum + paid, 0n)
      expect(total).toBe(spent)
      expect(series.reduce((sum, each) => sum + each.total, 0n)).toBe(spent)
      expect(days.reduce((sum, each) => sum + each.total, 0n)).toBe(spent)
      for (const { key, total: all } of series)
        expect(days.reduce((sum, { paid }) => sum + (paid[key] ?? 0n), 0n)).toBe(all)
      expect(calls).toBe(rows.reduce((sum, each) => sum + each.calls, 0))
      expect(series.length).toBeLessThanOrEqual(most + 1)
      expect(days).toHaveLength(30)
    }),
  )
})
