import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@stoa/localnet'
import { type Fate, openRpcProxy, type RpcProxy } from '@stoa/localnet/rpcProxy'
import type { Hex } from '@stoa/protocol'
import { zeroAddress } from 'viem'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { offerAccount } from '../app/offerAccount.ts'
import { LONG_RUN } from '../app/runs.ts'
import { readTables } from '../reference/readTables.ts'
import { asText, caughtUp, indexedTables } from '../testing/indexedTables.ts'
import { type Ledger, openLedger } from '../testing/ledger.ts'
import { openTrade, type Trade } from '../testing/trade.ts'
import { IndexEndedError } from './errors.ts'
import { beginAnew } from './generation.ts'
import { type RunningIndexer, startIndexer } from './startIndexer.ts'

/** Numbers of kinds of `Trade`. */
const [DEPOSIT, LOCK, SETTLE] = [9, 13, 15]

/** What a chain that has too much to do makes of one in so many questions. */
const [REFUSALS, EACH]: [readonly Fate[], number] = [['limit', 'error', 'cut'], 25]

/** Where tables are kept, and at which moments after its start an index is killed, in milliseconds. */
export type Engine = { databaseUrl?: string; kills: readonly number[]; close(): Promise<void> }

/** What every engine does: an index of a real chain on which everything happens that can happen, compared with a literal reading of it. */
export function followCase(open: () => Promise<Engine>): void {
  let engine: Engine
  let ledger: Ledger
  let proxy: RpcProxy
  let trade: Trade
  let index: RunningIndexer
  let folder: string
  let port: number

  const start = () => {
    const { databaseUrl } = engine
    const { deployment } = ledger
    return startIndexer({ folder, rpcUrl: proxy.url, deployment, port, ...(databaseUrl && { databaseUrl }) })
  }

  beforeAll(async () => {
    engine = await open()
    folder = await mkdtemp(join(tmpdir(), 'stoa-index-'))
    port = await freePort()
    ledger = await openLedger()
    proxy = await openRpcProxy(ledger.rpcUrl)
    trade = await openTrade(ledger)
    await trade.begin()
    await trade.rush(3)
    for (let n = 0; n < 2 * trade.kinds; n++) await trade.act(n, n)
  })
  afterAll(async () => {
    await index?.stop()
    proxy?.close()
    await ledger?.close()
    await engine?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function expectSame(): Promise<Record<string, string[]>> {
    await caughtUp(index.url, ledger)
    const literal = Object.entries(await readTables(ledger.test, ledger.deployment))
    const expected = Object.fromEntries(literal.map(([name, rows]) => [name, asText(rows)]))
    expect(await indexedTables(index.url, Object.keys(expected))).toEqual(expected)
    return expected
  }

  it('has after a backfill what a literal reading of the chain has, in every table, and asks a busy chain little', async () => {
    let [asked, ofThePast] = [0, 0]
    proxy.decide((method, parameters) => {
      if (method === 'eth_getLogs' && parameters.includes('fromBlock')) ofThePast++
      return ++asked % EACH === 0 ? (REFUSALS[(asked / EACH) % REFUSALS.length] ?? 'pass') : 'pass'
    })
    index = await start()
    const tables = await expectSame()
    proxy.decide(() => 'pass')
    expect(asked).toBeGreaterThan(REFUSALS.length * EACH)
    // The engine asks for some sixty events by themselves, of two dozen blocks at a time: more questions than there are blocks.
    expect(ofThePast).toBeLessThan(Number(await ledger.test.getBlockNumber({ cacheTime: 0 })))
    const empty = Object.entries(tables).filter(([, rows]) => rows.length === 0)
    expect(empty).toEqual([])
    const runs = Object.values(Object.groupBy(tables.settlements ?? [], (row) => / tx=(\S+)/.exec(row)?.[1] ?? ''))
    // Signed transfers have who signed them; what came to an offer's account otherwise has the account, of which nothing else is known.
    const [signed = [], others = []] = [/ nonce=0x/, / nonce=null/].map((form) =>
      tables.payments?.filter((row) => form.test(row)),
    )
    const column = (row: string, name: string) => new RegExp(` ${name}=(\\S+)`).exec(row)?.[1] as Hex
    expect(new Set(signed.map((row) => column(row, 'payer'))).size).toBe(2)
    const { offerPayments = zeroAddress } = ledger.deployment
    const isAccount = (row: string) => column(row, 'payer') === offerAccount(offerPayments, column(row, 'offer_id'))
    expect(others.map(isAccount)).toEqual(expect.arrayContaining([true, false]))
    expect(runs.some((run) => (run?.length ?? 0) < LONG_RUN)).toBe(true)
    expect(runs.some((run) => (run?.length ?? 0) >= LONG_RUN)).toBe(true)
  })

  it('goes on after being killed at any moment, and loses and counts nothing twice', async () => {
    for (const delay of engine.kills) {
      process.kill(index.pid, 'SIGKILL')
      await index.ended
      for (let n = 0; n < 5; n++) await trade.act(delay + n * 5, delay + n)
      index = await start()
      await new Promise((resolve) => setTimeout(resolve, delay))
    }
    await expectSame()
  })

  it('takes back what blocks did that leave the chain', async () => {
    await expectSame()
    for (const depth of [1, 7, 20]) {
      const snapshot = await ledger.test.snapshot()
      for (let n = 0; n < depth; n++) await trade.act(depth + n * 3, n + depth)
      await caughtUp(index.url, ledger)
      await ledger.test.revert({ id: snapshot })
      for (let n = 0; n < 4; n++) await trade.act(9 + n * 7, 31 * depth + n)
      await expectSame()
    }
  })

  it('books many settlements of a live block, and what they draw on locks', async () => {
    await expectSame()
    const from = await ledger.test.getBlockNumber({ cacheTime: 0 })
    for (const n of [6, 30, 82]) {
      for (let k = 0; k < 6; k++) await trade.act(DEPOSIT, n + k)
      for (let k = 0; k < 6; k++) await trade.act(LOCK, n + k)
      await trade.act(SETTLE, n)
    }
    const tables = await expectSame()
    const rows = tables.settlements?.filter((row) => Number(/\bblock=(\d+)/.exec(row)?.[1]) > Number(from))
    expect(rows?.length).toBeGreaterThanOrEqual(LONG_RUN)
  })

  it('keeps what comes after many rows changed at once', async () => {
    await expectSame()
    await trade.rush(5)
    await expectSame()
    for (let n = 0; n < 10; n++) await trade.act(n, n + 41)
    await trade.rush(6)
    await expectSame()
  })

  it('begins anew when the chain lost more than it may', async () => {
    const snapshot = await ledger.test.snapshot()
    await ledger.test.mine({ blocks: 80 })
    await caughtUp(index.url, ledger)
    await index.stop()
    await ledger.test.revert({ id: snapshot })
    await ledger.pass(1_000)
    for (let n = 0; n < 10; n++) await trade.act(n, n + 77)
    // Of tables in a database only the engine itself can tell: it gives up, and is given new ones, as `keepIndexer` does.
    index = await start().catch(async (error: unknown) => {
      if (!(error instanceof IndexEndedError)) throw error
      await beginAnew(folder)
      return start()
    })
    await expectSame()
  })
}
