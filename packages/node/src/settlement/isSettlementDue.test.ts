import { expect, test } from 'vitest'
import type { LaneRecord } from '../store/lane.ts'
import { isSettlementDue } from './isSettlementDue.ts'

const RULE = { thresholdWei: 1_000n, intervalSeconds: 600, exposureOf: () => 500n }
const lane = (payer: number, owed: bigint, unsettledSince = 10_000): LaneRecord => ({
  payer: `0x${String(payer).repeat(40)}`,
  offerId: `0x${'0f'.repeat(32)}`,
  lane: 1n,
  voucher: { maxCumulative: 0n, validUntil: 0, signature: new Uint8Array(64), digest: new Uint8Array(32) },
  charged: 70n + owed,
  settled: 70n,
  calls: 1,
  unsettledSince,
  retryAt: 0,
})

test.each([
  ['nothing is owed', [], false],
  ['little is owed, and not for long', [lane(1, 249n)], false],
  ['one payer has used half of its exposure', [lane(1, 250n)], true],
  ['one payer has, over its lanes', [lane(1, 125n), lane(1, 125n)], true],
  ['two payers have together', [lane(1, 125n), lane(2, 125n)], false],
  ['all payers owe the threshold', [1, 2, 3, 4, 5].map((payer) => lane(payer, 200n)), true],
  ['the oldest debt has waited for half of the interval', [lane(1, 1n), lane(2, 1n, 9_700)], true],
])('when %s', (_, lanes, due) => {
  expect(isSettlementDue(lanes, 10_000, RULE)).toBe(due)
})
