import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Address, Hex, SignedReceipt } from '@stoa/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Judged } from './answerTable.ts'
import type { DirectSale } from './directTable.ts'
import { type NodeStore, openStore } from './openStore.ts'

const LANE = { payer: `0x${'aa'.repeat(20)}` as Address, offerId: `0x${'0f'.repeat(32)}` as Hex, lane: 2n ** 64n - 1n }
const MOST = 2n ** 96n - 1n

let folder: string
let store: NodeStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-node-'))
  store = openStore({ folder, durability: 'full' })
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

/** Saves the answer number `n`, which charges `charge` more on the lane; at second `1000 + n`. */
async function save(n: number, charged: bigint, response = new Uint8Array([n]), judged?: Judged) {
  const voucher = {
    maxCumulative: charged,
    validUntil: 5_000,
    signature: new Uint8Array(64).fill(n),
    digest: new Uint8Array(32).fill(n),
  }
  const zero: Hex = `0x${'00'.repeat(32)}`
  const receipt: SignedReceipt = {
    ...LANE,
    version: 1,
    voucherCumulative: charged,
    weightsDigest: zero,
    requestDigest: zero,
    responseDigest: zero,
    units: 1n,
    charge: 1n,
    chargedCumulative: charged,
    requestedAt: 1_000 + n,
    answeredAt: 1_000 + n,
    signature: new Uint8Array(64),
  }
  await store.saveAnswer({ voucher, settled: 0n, receipt, response, judged })
  return voucher
}
const call = (chargedCumulative: bigint, lane = LANE.lane) =>
  store.findCall({ ...LANE, lane, chargedCumulative, requestDigest: `0x${'00'.repeat(32)}` })
const settle = (settled: bigint, cumulative: bigint, calls: number) =>
  store.recordSettlement({
    hash: `0x${settled.toString(16).padStart(64, '0')}`,
    block: 7n,
    confirmedAt: 3_000,
    gasUsed: 21_000n,
    paid: settled,
    lanes: [{ ...LANE, settled, cumulative, calls, claimedAt: 2_000 }],
  })

test('keeps the greatest amounts and lane numbers exactly, also after it was opened again', async () => {
  const voucher = await save(1, MOST)
  store.close()
  store = openStore({ folder, durability: 'normal' })
  expect(store.findLane(LANE)).toMatchObject({ ...LANE, charged: MOST, settled: 0n, calls: 1, unsettledSince: 1_001 })
  expect(store.findLane(LANE)?.voucher).toEqual(voucher)
})

test('takes a second answer for one voucher back as a whole', async () => {
  await save(1, 5n)
  await expect(save(1, 9n)).rejects.toThrow()
  expect(store.findLane(LANE)).toMatchObject({ charged: 5n, calls: 1 })
  expect(store.findAnswer(new Uint8Array(32).fill(1))?.response).toEqual(new Uint8Array([1]))
})

test('counts a settlement, what came after it, and no less than was settled before', async () => {
  await save(1, 5n)
  await save(2, 9n)
  settle(9n, 9n, 2)
  expect(store.findLane(LANE)).toMatchObject({ settled: 9n, calls: 0, unsettledSince: undefined })
  expect(store.unsettledLanes()).toEqual([])
  await save(3, 12n)
  expect(store.findLane(LANE)).toMatchObject({ charged: 12n, settled: 9n, calls: 1, unsettledSince: 1_003 })
  settle(7n, 7n, 0)
  expect(store.findLane(LANE)?.settled).toBe(9n)
})

test('keeps a debt that was paid in part', async () => {
  await save(1, 5n)
  settle(2n, 5n, 1)
  expect(store.findLane(LANE)).toMatchObject({ charged: 5n, settled: 2n, unsettledSince: 1_001 })
})

test('takes over from the chain what it never charged', async () => {
  await save(1, 5n)
  store.recordSettled(LANE, 8n)
  expect(store.findLane(LANE)).toMatchObject({ charged: 8n, settled: 8n, unsettledSince: undefined })
})

test('claims what a claim may get something for', async () => {
  await save(1, 5n)
  expect(store.claimableLanes(4_999)).toHaveLength(1)
  expect(store.claimableLanes(5_000)).toEqual([])
  store.postpone([LANE], 3_000)
  expect(store.claimableLanes(2_999)).toEqual([])
  expect(store.claimableLanes(3_000)).toHaveLength(1)
  store.postpone([LANE], 4_000)
  await save(2, 6n)
  expect(store.claimableLanes(3_000)).toHaveLength(1)
})

test('forgets answers that are old and done with, and no others', async () => {
  for (let n = 1; n <= 3; n++) await save(n, BigInt(n))
  settle(2n, 3n, 3)
  const limits = { now: 2_000, keepSeconds: 998, maxBytes: 2 ** 40 }
  expect(store.pruneAnswers(limits)).toBe(1)
  expect(store.findAnswer(new Uint8Array(32).fill(1))).toBeUndefined()
  expect(store.pruneAnswers({ ...limits, keepSeconds: 0 })).toBe(1)
  // The third is not settled; once its voucher has run out it never will be.
  expect(store.pruneAnswers({ ...limits, keepSeconds: 0 })).toBe(0)
  expect(store.pruneAnswers({ ...limits, keepSeconds: 0, now: 5_001 })).toBe(1)
  expect(store.findLane(LANE)).toMatchObject({ charged: 3n, settled: 2n })
})

test('forgets settled answers sooner when they take too much room', async () => {
  for (let n = 1; n <= 8; n++) await save(n, BigInt(n), new Uint8Array(100_000))
  const limits = { now: 1_100, keepSeconds: 10_000, maxBytes: 500_000 }
  expect(store.pruneAnswers(limits)).toBe(0)
  settle(8n, 8n, 8)
  expect(store.pruneAnswers(limits)).toBe(8)
  expect(store.pruneAnswers(limits)).toBe(0)
})

test('is refused by a node of another version', async () => {
  store.close()
  const database = new DatabaseSync(join(folder, 'node.db'))
  database.exec('pragma user_version = 99')
  database.close()
  expect(() => openStore({ folder, durability: 'normal' })).toThrow(expect.objectContaining({ code: 'STORE_VERSION' }))
  rmSync(join(folder, 'node.db'))
  store = openStore({ folder, durability: 'normal' })
})

test('keeps what a contract can judge until it can no more, and finds it by its receipt', async () => {
  const request = Uint8Array.of(7, 7)
  await save(1, 1n, undefined, { request, keepUntil: 4_000 })
  await save(2, 2n)
  settle(2n, 2n, 2)
  const limits = { now: 3_999, keepSeconds: 0, maxBytes: 0 }
  expect(store.pruneAnswers(limits)).toBe(1)
  expect(call(1n)).toMatchObject({ request, response: Uint8Array.of(1) })
  expect(call(2n)).toBeUndefined()
  expect(call(1n, 3n)).toBeUndefined()
  expect(store.pruneAnswers({ ...limits, now: 4_001 })).toBe(1)
  expect(call(1n)).toBeUndefined()
})

/** A direct payment with its answer, given at second 1,000 and good until second 2,000. */
function saveDirect(nonce: Hex, lane: bigint, judged?: Judged): DirectSale {
  const { payer, offerId } = LANE
  const amounts = { amount: MOST, validAfter: 0n, validBefore: 2_000n }
  const sale: DirectSale = {
    payment: { offerId, payer, nonce, signature: `0x${'5e'.repeat(65)}`, ...amounts },
    ...{ lane, requestDigest: `0x${'00'.repeat(32)}`, receipt: Uint8Array.of(1), response: Uint8Array.of(2) },
    ...{ answeredAt: 1_000, fromBlock: 7n, settledBy: undefined },
  }
  store.saveDirect(sale, judged)
  return sale
}
const [NONCE, OTHER]: [Hex, Hex] = [`0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`]

test('keeps a direct payment with its answer, and what moved its money', async () => {
  const { payer } = LANE
  const sale = saveDirect(NONCE, LANE.lane)
  store.close()
  store = openStore({ folder, durability: 'full' })
  expect(store.findDirect(payer, NONCE)).toEqual(sale)
  expect(store.nonceOnLane(LANE)).toBe(NONCE)
  expect(store.findDirect(payer, OTHER)).toBeUndefined()
  store.settleDirect(sale.payment, OTHER)
  expect(store.findDirect(payer, NONCE)?.settledBy).toBe(OTHER)
  expect(() => saveDirect(NONCE, LANE.lane - 1n)).toThrow()
  expect(() => saveDirect(OTHER, LANE.lane)).toThrow()
})

test('forgets direct payments that are settled or ran out, and cannot be judged', async () => {
  const request = Uint8Array.of(9)
  const settled = saveDirect(NONCE, LANE.lane, { request, keepUntil: 3_000 })
  saveDirect(OTHER, LANE.lane - 1n)
  store.settleDirect(settled.payment, OTHER)
  expect(store.findCall({ ...LANE, chargedCumulative: 1n, requestDigest: NONCE })).toMatchObject({ request })
  const prune = (now: number) => store.pruneAnswers({ now, keepSeconds: 0, maxBytes: 2 ** 40 })
  expect([1_999, 2_001, 3_000, 3_001].map(prune)).toEqual([0, 1, 0, 1])
  expect(call(1n)).toBeUndefined()
})

test('takes up a store of the first layout', async () => {
  await save(1, 5n)
  store.close()
  const database = new DatabaseSync(join(folder, 'node.db'))
  database.exec('alter table answers drop column request; alter table answers drop column keep_until')
  database.exec('drop table games; drop table looked; drop table direct; drop table provisional; drop table refused')
  database.exec('pragma user_version = 1')
  database.close()
  store = openStore({ folder, durability: 'normal' })
  expect(store.findAnswer(new Uint8Array(32).fill(1))?.response).toEqual(Uint8Array.of(1))
  await save(2, 9n, undefined, { request: Uint8Array.of(3), keepUntil: 9_000 })
  expect(call(9n)?.request).toEqual(Uint8Array.of(3))
  expect(store.games.list()).toEqual([])
})

test('remembers games and where to look for more', async () => {
  const receiptDigest = `0x${'ab'.repeat(32)}` as const
  const row = { game: 2n ** 200n, receiptDigest, block: 7n, verdict: undefined } as const
  store.games.put(row)
  store.games.put({ ...row, block: 8n, verdict: 'acquitted' })
  store.games.setLookFrom(3n)
  store.games.setLookFrom(5n)
  store.close()
  store = openStore({ folder, durability: 'normal' })
  expect(store.games.list()).toEqual([{ ...row, block: 8n, verdict: 'acquitted' }])
  expect(store.games.lookFrom()).toBe(5n)
  store.games.remove(row.game)
  expect(store.games.list()).toEqual([])
})
