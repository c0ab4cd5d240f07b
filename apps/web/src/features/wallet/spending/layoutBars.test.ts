import fc from 'fast-check'
import { expect, it } from 'vitest'
import { layoutBars, linesOf } from './layoutBars.ts'
import { spendingSeries } from './spendingSeries.ts'

const [FROM, TO] = [20_000, 20_029]
const spend = fc.record({
  day: fc.integer({ min: FROM, max: TO }),
  modelId: fc.bigInt({ min: 1n, max: 9n }),
  paid: fc.bigInt({ min: 0n, max: 2n ** 128n }),
  calls: fc.nat(9),
  settlements: fc.nat(9),
})

it('stacks each day’s parts from the ground up, in proportion, below the highest line', () => {
  fc.assert(
    fc.property(fc.array(spend, { maxLength: 60 }), (rows) => {
      const spending = spendingSeries(rows, FROM, TO, 5)
      const lines = linesOf(spending)
      const top = lines.at(-1) ?? 0n
      expect(lines[0]).toBe(0n)
      expect(lines.length).toBeLessThanOrEqual(5)
      const days = layoutBars(spending, 900, 200)
      expect(days.map(({ day }) => day)).toEqual(spending.days)
      for (const { day, x, width, parts } of days) {
        expect(day.total).toBeLessThanOrEqual(top)
        expect(x).toBeGreaterThanOrEqual(0)
        expect(x + width).toBeLessThanOrEqual(900)
        let ground = 200
        for (const { key, y, height } of parts) {
          expect(y + height).toBeCloseTo(ground, 6)
          expect(height).toBeCloseTo((200 * Number(day.paid[key])) / Number(top), 5)
          ground = y
        }
        expect(ground).toBeGreaterThanOrEqual(-1e-6)
      }
    }),
  )
})

it('has its lines at round amounts, and no more of them than are needed', () => {
  const lines = (paid: bigint) =>
    linesOf(spendingSeries([{ day: FROM, modelId: 1n, paid, calls: 1, settlements: 1 }], FROM, FROM, 5))
  expect(lines(1n)).toEqual([0n, 1n])
  expect(lines(7n)).toEqual([0n, 2n, 4n, 6n, 8n])
  expect(lines(123_000n)).toEqual([0n, 50_000n, 100_000n, 150_000n])
})
