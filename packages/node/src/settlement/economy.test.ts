import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LaneRecord } from '../store/lane.ts'
import { settlementCost, worthSettling } from './economy.ts'

const DOLLAR = 1_000_000n
const lane = (owed: bigint, settled = 0n): LaneRecord => ({
  payer: '0x00000000000000000000000000000000000000aa',
  offerId: `0x${'0f'.repeat(32)}`,
  lane: 1n,
  voucher: { maxCumulative: owed + settled, validUntil: 0, signature: new Uint8Array(64), digest: new Uint8Array(32) },
  charged: owed + settled,
  settled,
  calls: 1,
  unsettledSince: 0,
  retryAt: 0,
})

test('the cost of gas in dollars', () => {
  // 60,000 + 45,000 gas at 1 gwei, 3,000 dollars a coin.
  expect(settlementCost(1, { gasPrice: 10n ** 9n, coinPrice: 3_000n * DOLLAR })).toBe(315_000n)
  // A rollup at 0.01 gwei.
  expect(settlementCost(50, { gasPrice: 10n ** 7n, coinPrice: 3_000n * DOLLAR })).toBe(69_300n)
})

test('small debts wait, ride along where they bring their own share, and are never claimed at a loss', () => {
  const terms = { gasPrice: 10n ** 9n, coinPrice: 3_000n * DOLLAR }
  expect(worthSettling([lane(300_000n)], false, terms)).toEqual([])
  expect(worthSettling([lane(315_000n)], false, terms)).toHaveLength(1)
  expect(worthSettling([lane(315_000n)], true, terms)).toEqual([])
  expect(worthSettling([lane(3_150_000n, 7n)], true, terms)).toHaveLength(1)
  expect(worthSettling([lane(1n), lane(400_000n)], false, terms)).toEqual([lane(400_000n)])
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 0n, max: 5n * DOLLAR }), { maxLength: 60 }),
      fc.bigInt({ min: 1n, max: 10n ** 11n }),
      fc.bigInt({ min: 1n, max: 10_000n * DOLLAR }),
      fc.boolean(),
      (debts, gasPrice, coinPrice, isEarly) => {
        const worth = worthSettling(
          debts.map((owed) => lane(owed)),
          isEarly,
          { gasPrice, coinPrice },
        )
        const brings = worth.reduce((sum, { charged }) => sum + charged, 0n)
        if (worth.length > 0)
          expect(brings).toBeGreaterThanOrEqual(settlementCost(worth.length, { gasPrice, coinPrice }))
      },
    ),
  )
})
