import type { Address, Hex } from '@stoa/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import { createPayerViews, type PayerViews } from './payerViews.ts'
import type { ChannelState, PayerQuery, PayerState } from './readPayer.ts'

const PAYER: Address = `0x${'aa'.repeat(20)}`
const KEY: Address = `0x${'bb'.repeat(20)}`
const OFFER_ID: Hex = `0x${'0f'.repeat(32)}`
const query = (lane = 1n, key: Address = KEY) => ({ payer: PAYER, offerId: OFFER_ID, lane, key })

let seconds: number
let balance: bigint
let locked: bigint
let reads: PayerQuery[]
let hold: Promise<void> | undefined
let down: boolean
let adopted: ChannelState[]
let views: PayerViews

beforeEach(() => {
  seconds = 1_000
  balance = 500n
  locked = 0n
  reads = []
  hold = undefined
  down = false
  adopted = []
  views = createPayerViews({
    now: () => seconds * 1000,
    refreshSeconds: 10,
    staleSeconds: 120,
    onChannel: (channel) => adopted.push(channel),
    claimedLanes: () => [],
    read: async (asked): Promise<PayerState> => {
      reads.push(asked)
      const fails = down
      const state = {
        balance,
        withdrawal: 0n,
        keys: asked.keys.map((key) => ({ key, validUntil: key === KEY ? 9_999 : 0 })),
        channels: asked.lanes.map((id) => ({ ...id, settled: 0n, ceiling: 0n, locked, lockedUntil: 9_999 })),
      }
      await hold
      if (fails) throw new Error('connection refused')
      return state
    },
  })
})

test('reads what it does not know, and no more while it is young', async () => {
  expect(views.peek(query())).toBeUndefined()
  await views.ensure(query())
  await views.ensure(query())
  expect(views.peek(query())).toMatchObject({ balance: 500n, readAt: 1_000_000 })
  expect(reads).toHaveLength(1)
  await views.ensure(query(2n))
  expect(reads).toHaveLength(2)
  expect(adopted.map(({ lane }) => lane)).toEqual([1n, 2n])
})

test('reads again in the background when it is older, and waits when it is stale', async () => {
  await views.ensure(query())
  balance = 600n
  seconds += 11
  await views.ensure(query())
  expect(views.peek(query())?.balance).toBe(500n)
  await new Promise((resolve) => setImmediate(resolve))
  expect(views.peek(query())?.balance).toBe(600n)
  balance = 700n
  seconds += 121
  expect(views.peek(query())).toBeUndefined()
  await views.ensure(query())
  expect(views.peek(query())?.balance).toBe(700n)
})

test('serves from what it knows while the chain is down, until that is stale', async () => {
  await views.ensure(query())
  down = true
  seconds += 60
  await views.ensure(query())
  expect(views.peek(query())?.balance).toBe(500n)
  await expect(views.ensure(query(2n))).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' })
  await expect(views.reread(query(), seconds * 1000)).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' })
  seconds += 61
  await expect(views.ensure(query())).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' })
})

test('a read that began before a settlement does not bring back what was before it', async () => {
  const gate = Promise.withResolvers<void>()
  hold = gate.promise
  const ensured = views.ensure(query())
  await new Promise((resolve) => setImmediate(resolve))
  balance = 100n
  views.forget(PAYER)
  gate.resolve()
  await ensured
  expect(views.peek(query())?.balance).toBe(100n)
  expect(reads).toHaveLength(2)
})

test('reads again for a call that is younger than what is known, and not for one that is older', async () => {
  await views.ensure(query())
  await views.reread(query(), 1_000_000)
  expect(reads).toHaveLength(1)
  await views.reread(query(), 1_000_001)
  expect(reads).toHaveLength(2)
})

test('reads a payer once for all who ask meanwhile, and once more for those who come while it is read', async () => {
  const gate = Promise.withResolvers<void>()
  hold = gate.promise
  const first = [1n, 2n, 2n].map((lane) => views.ensure(query(lane)))
  await new Promise((resolve) => setImmediate(resolve))
  const then = [2n, 3n, 4n].map((lane) => views.ensure(query(lane)))
  gate.resolve()
  await Promise.all([...first, ...then])
  expect(reads.map(({ lanes }) => lanes.map(({ lane }) => lane))).toEqual([
    [1n, 2n],
    [3n, 4n],
  ])
  expect(views.peek(query(1n))?.channels.size).toBe(4)
})

test('a reading that fails fails for those who asked for it, and the next is tried all the same', async () => {
  const gate = Promise.withResolvers<void>()
  hold = gate.promise
  down = true
  const first = views.ensure(query(1n))
  await new Promise((resolve) => setImmediate(resolve))
  down = false
  const then = views.ensure(query(2n))
  gate.resolve()
  await expect(first).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' })
  await then
  expect(views.peek(query(2n))?.balance).toBe(500n)
  expect(views.peek(query(1n))).toBeUndefined()
})

test('keeps reading lanes with a lock, whose end would otherwise not be seen', async () => {
  locked = 5n
  await views.ensure(query(1n))
  await views.ensure(query(2n))
  expect(reads[1]?.lanes.map(({ lane }) => lane).sort()).toEqual([1n, 2n])
})

describe('strangers', () => {
  test('do not fill the view with keys that are not the payer’s', async () => {
    await views.ensure(query())
    for (let i = 10; i < 60; i++) await views.ensure(query(1n, `0x${String(i).repeat(20)}`))
    expect(views.peek(query(1n, `0x${'59'.repeat(20)}`))?.keys).toEqual(
      new Map([
        [KEY, 9_999],
        [`0x${'59'.repeat(20)}`, 0],
      ]),
    )
    expect(reads.at(-1)?.keys).toHaveLength(3)
  })

  test('cannot make the node ask its chain without bound', async () => {
    const gate = Promise.withResolvers<void>()
    hold = gate.promise
    const asked = Array.from({ length: 520 }, (_, i) => views.ensure(query(BigInt(i))))
    const outcomes = Promise.allSettled(asked)
    gate.resolve()
    const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(8)
    expect(refused[0]?.reason).toMatchObject({ code: 'OVERLOADED' })
  })
})
