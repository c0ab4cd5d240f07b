import fc from 'fast-check'
import { expect, test } from 'vitest'
import { voucherSeconds } from './voucherSeconds.ts'

const DAY = 86_400
const SETTLEMENT = 600

test('a gateway an hour ahead and a seller an hour behind, or the reverse, still deal: not too long, and long enough to settle', () => {
  fc.assert(
    fc.property(fc.integer({ min: -3_600, max: 3_600 }), fc.integer({ min: -3_600, max: 3_600 }), (buyer, seller) => {
      const validUntil = buyer + voucherSeconds(DAY)
      expect(validUntil).toBeLessThanOrEqual(seller + DAY)
      expect(validUntil).toBeGreaterThanOrEqual(seller + SETTLEMENT)
    }),
  )
})

test('where vouchers are short-lived by the terms, half of that is left for clocks; a shorter wish is kept', () => {
  expect(voucherSeconds(3_600)).toBe(1_800)
  expect(voucherSeconds(DAY, 30)).toBe(30)
})
