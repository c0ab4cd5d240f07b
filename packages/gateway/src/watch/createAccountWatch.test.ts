import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hex } from '@stoa/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CLOCKS_APART } from '../payment/voucherSeconds.ts'
import { receiptTable } from '../store/receiptTable.ts'
import { openBook } from '../testing/laneBook.ts'
import { createAccountWatch } from './createAccountWatch.ts'

const OFFER: Hex = `0x${'0f'.repeat(32)}`
const ADDRESS: Hex = `0x${'aa'.repeat(20)}`
const NOW = 1_800_000_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-gateway-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** An account of 1,000 wei over the store in `folder`. `read`: lanes that were read since it was last emptied; `settled`: what the ledger has on each. */
async function opened(clock: { seconds: number }) {
  const now = () => clock.seconds * 1_000
  const { store, book } = (await openBook(folder))(now)
  const read: bigint[] = []
  const settled = new Map<bigint, bigint>()
  const watch = createAccountWatch({
    chain: {
      account: async () => ({ key: ADDRESS, balance: 1_000n, withdrawalAmount: 0n, withdrawableAt: 0 }),
      keyValidUntil: async () => 2 ** 40,
      channel: async (_, lane) => {
        read.push(lane)
        return { settled: settled.get(lane) ?? 0n, ceiling: 0n, locked: 0n, lockedUntil: 0 }
      },
    },
    ...{ lanes: book, receipts: receiptTable(store), payer: ADDRESS, escrow: ADDRESS, key: ADDRESS, now },
    logger: () => undefined,
  })
  const sign = (ceiling: bigint, validUntil: number) =>
    book.open({ offerId: OFFER, ceiling, requestDigest: OFFER, units: { least: 1n, most: 1n }, validUntil })
  return { store, book, watch, read, settled, sign }
}

test('what was signed on a lane that was given up is held back until nobody can settle it, and then read no more', async () => {
  const clock = { seconds: NOW }
  const { book, watch, read, settled, sign, store } = await opened(clock)
  const [lost, kept] = [sign(300n, NOW + 600), sign(100n, NOW + 6_000_000)]
  book.retire(lost)
  await watch.refresh()
  expect(watch.available()).toBe(600n)
  expect(read.toSorted()).toEqual([lost.lane, kept.lane].toSorted())

  // Past its voucher by our clock, and perhaps not by the chain's.
  clock.seconds = NOW + 600 + CLOCKS_APART
  settled.set(lost.lane, 120n)
  await watch.refresh()
  expect(watch.available()).toBe(720n)
  clock.seconds += 1
  await watch.refresh()
  expect(watch.available()).toBe(900n)
  read.length = 0
  await watch.refresh()
  expect(read).toEqual([kept.lane])
  store.close()

  // It is known after a restart, and read once.
  const again = await opened(clock)
  await again.watch.refresh()
  expect(again.watch.available()).toBe(900n)
  again.read.length = 0
  await again.watch.refresh()
  expect(again.read).toEqual([kept.lane])
  again.store.close()
})

test('a lane of which it is not known how long its vouchers are good is held back for good', async () => {
  const clock = { seconds: NOW }
  const { book, watch, read, store } = await opened(clock)
  book.adopt({ offerId: OFFER, lane: 5n, charged: 10n, signed: 200n, lastReceipt: undefined }, () => undefined)
  clock.seconds += 10 ** 9
  await watch.refresh()
  await watch.refresh()
  expect(watch.available()).toBe(800n)
  expect(read).toEqual([5n, 5n])
  store.close()
})
