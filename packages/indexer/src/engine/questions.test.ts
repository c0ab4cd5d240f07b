import { mkdtempSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { freePort } from '@stoa/localnet'
import { escrowAbi } from '@stoa/protocol/abi'
import {
  type Apart,
  createIndexClient,
  getDeposit,
  getEarnings,
  getGame,
  getModel,
  getTotals,
  greatestInFlow,
  listCredits,
  listDepositMoves,
  listEvents,
  listGames,
  listModels,
  listMoves,
  listOffers,
  listPayments,
  listProviders,
  listSettlements,
  listSlashes,
  listTransfers,
  listVerdicts,
  listVersions,
  type Question,
  spendByDay,
  valueFlow,
} from '@stoa/sdk/index-client'
import { decodeEventLog } from 'viem'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { caughtUp } from '../testing/indexedTables.ts'
import { type Ledger, openLedger } from '../testing/ledger.ts'
import { openLiteralFlow } from '../testing/literalFlow.ts'
import { openTrade } from '../testing/trade.ts'
import { type RunningIndexer, startIndexer } from './startIndexer.ts'

const folder = mkdtempSync(join(tmpdir(), 'stoa-index-'))
let ledger: Ledger
let index: RunningIndexer

beforeAll(async () => {
  ledger = await openLedger()
  const trade = await openTrade(ledger)
  await trade.begin()
  for (let n = 0; n < trade.kinds; n++) await trade.act(n, n)
  const { rpcUrl, deployment } = ledger
  index = await startIndexer({ folder, rpcUrl, deployment, port: await freePort() })
  await caughtUp(index.url, ledger)
})
afterAll(async () => {
  await index?.stop()
  await ledger?.close()
  await rm(folder, { recursive: true, force: true })
})

const account = `0x${'00'.repeat(19)}aa` as const
const digest = `0x${'cd'.repeat(32)}` as const
const before = { block: 40, logIndex: 2 }
const NOBODY: Apart = { buyers: [], stakes: [], models: [], owners: [], payees: [], beneficiaries: [] }

/** Questions of which an answer may look at no more rows than it tells, and some at its end. */
const BOUNDED: Record<string, Question<unknown>> = {
  'a model': getModel({ modelId: 1n }),
  "an owner's models": listModels({ owner: account }),
  "a model's versions": listVersions({ modelId: 1n }),
  'open offers, page by page': listOffers({ open: true, after: before }),
  'an offer': listOffers({ offerId: digest }),
  "a model's offers": listOffers({ modelId: 1n }),
  "a provider's offers": listOffers({ provider: account }),
  'a provider': listProviders({ provider: account }),
  'latest settlements': listSettlements({}),
  "a payer's settlements": listSettlements({ payer: account, before }),
  "an offer's settlements": listSettlements({ offerId: digest }),
  "a model's settlements": listSettlements({ modelId: 1n }),
  "a transaction's settlements": listSettlements({ tx: digest }),
  'a deposit': getDeposit({ payer: account }),
  "a deposit's moves": listDepositMoves({ payer: account, before }),
  'earnings of an account': getEarnings({ account }),
  'credits of an account': listCredits({ account }),
  'payments for an offer': listPayments({ offerId: digest }),
  'payments for a model': listPayments({ modelId: 1n }),
  'payments of an account': listPayments({ payer: account }),
  'spending of a payer': spendByDay({ payer: account, from: 1, to: 2 }),
  'revenue of a model': spendByDay({ modelId: 1n, from: 1, to: 2 }),
  'the greatest of some days': greatestInFlow({ from: 20_000, to: 20_001 }),
  'value flow of some days': valueFlow({ from: 20_000, to: 20_001, apart: NOBODY }),
  'latest events': listEvents({}),
  'events before': listEvents({ before }),
  'events of a name': listEvents({ name: 'OfferCreated' }),
  'events that an account sent': listEvents({ sender: account, before }),
  'events of a transaction': listEvents({ tx: digest }),
  'events of a block': listEvents({ block: 7 }),
  'latest transfers': listTransfers({}),
  'transfers of an account': listTransfers({ account, kind: 'token', before }),
  'transfers of a model': listTransfers({ modelId: 1n }),
  'slashes of a provider': listSlashes({ provider: account }),
  'latest verdicts': listVerdicts({}),
  'a verdict': listVerdicts({ receiptDigest: digest }),
  'latest games': listGames({}),
  'a game': getGame({ gameId: 1n }),
  'games of a provider': listGames({ provider: account }),
  'games about a receipt': listGames({ receiptDigest: digest }),
  "a game's moves": listMoves({ gameId: 1n }),
}

/** Questions about a whole table, of which there is a row for a model, a provider, an offer or a payer. */
const WHOLE: Record<string, Question<unknown>> = {
  'models by calls': listModels({ order: 'calls' }),
  'models on offer': listModels({ offered: true, order: 'payers' }),
  providers: listProviders({}),
  totals: getTotals(),
}

it.each(Object.entries({ ...BOUNDED, ...WHOLE }))('answers about %s', async (_, question) => {
  await createIndexClient({ url: index.url, timeout: 60_000 }).ask(question)
})

it('has settlements among the events, with their arguments', async () => {
  const { escrow } = ledger.deployment
  const logs = await ledger.test.getLogs({ address: escrow, fromBlock: 0n })
  const settled = logs.flatMap((log) => {
    const { eventName, args } = decodeEventLog({ abi: escrowAbi, ...log })
    if (eventName !== 'Settled') return []
    const { offerId, payer, lane, paid, settled: total, calls } = args
    const words = { offerId, payer: payer.toLowerCase(), lane: `${lane}`, paid: `${paid}`, settled: `${total}`, calls }
    return [{ block: Number(log.blockNumber), logIndex: log.logIndex, tx: log.transactionHash, args: words }]
  })
  const events = await createIndexClient({ url: index.url, timeout: 60_000 }).ask(
    listEvents({ name: 'Settled', limit: 1_000 }),
  )
  const found = events.map(({ block, logIndex, tx, args }) => ({ block, logIndex, tx, args })).reverse()
  expect(found).toEqual(settled)
  expect(found.length).toBeGreaterThan(3)
})

it('tells to the wei where value flowed, whoever is told apart, as a literal reading of the chain does', async () => {
  const client = createIndexClient({ url: index.url, timeout: 60_000 })
  const literal = await openLiteralFlow(ledger)
  const { first, last } = literal
  expect(last).toBeGreaterThan(first)
  for (const [from, to] of [
    [0, last],
    [first, last - 1],
    [first + 1, last],
    [last + 1, last + 9],
  ] as const)
    for (const limit of [0, 1, 2, 10]) {
      const apart = await client.ask(greatestInFlow({ from, to, limit }))
      expect(apart).toEqual(literal.greatest(from, to, limit))
      const flows = await client.ask(valueFlow({ from, to, apart }))
      const told = flows.flatMap(({ kind, source, modelId, target, amount }) =>
        amount > 0n ? [`${kind} ${source} ${modelId} ${target} ${amount}`] : [],
      )
      expect(told.sort()).toEqual(literal.flows(from, to, apart))
    }
  const all = literal.flows(0, last, NOBODY).map((line) => line.split(' ')[0])
  expect(all).toEqual(expect.arrayContaining(['paid', 'owner', 'payee', 'slashed', 'uncollected']))
})

it('reads no table without an index for what is about one thing, or one page', async () => {
  await index.stop()
  const [identity = ''] = (await readdir(folder)).filter((name) => /^[0-9a-f]{16}$/.test(name))
  const db = new PGlite(join(folder, identity, 'tables'))
  try {
    // Tables are too small here for an index to be worth it: with this, a whole table is read only where nothing else is possible.
    await db.exec('set enable_seqscan = off; set enable_sort = on')
    const whole: Record<string, string[]> = {}
    for (const [name, { sql, params }] of Object.entries(BOUNDED)) {
      const { rows } = await db.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, [...params])
      const scans = rows.map((row) => row['QUERY PLAN']).filter((line) => line.includes('Seq Scan'))
      if (scans.length > 0) whole[name] = scans
    }
    expect(whole).toEqual({})
  } finally {
    await db.close()
  }
})
