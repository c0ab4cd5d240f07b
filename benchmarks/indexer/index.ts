import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startIndexer } from '@stoa/indexer'
import { type Ledger, openLedger } from '@stoa/indexer/testing'
import { freePort } from '@stoa/localnet'
import {
  createIndexClient,
  getTotals,
  listEvents,
  listModels,
  listOffers,
  listProviders,
  listSettlements,
  type Question,
  spendByDay,
  valueFlow,
} from '@stoa/sdk/index-client'
import { type BenchResult, machine } from '../result.ts'
import { A_PAYER, openBigMarket } from './fillLedger.ts'
import { startPlainPonder } from './plainPonder.ts'

const PEER = 'plain Ponder app, two tables'
/** Blocks after which Ponder takes this chain's for final: beyond them is no backfill. */
const FINALITY = 60

const SETTLEMENTS = Number(process.env.STOA_BENCH_SETTLEMENTS ?? 50_000)
const MODELS = 1_000
const LIVE = 4_000

type Engine = { url: string; pid: number; stop(): Promise<void> }

/** Backfill and live indexing of one chain by our index and by the peer, and how fast pages' questions are answered then. */
export async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-bench-'))
  const ledger = await openLedger()
  try {
    const market = await openBigMarket(ledger)
    await market.models(MODELS)
    await market.settle(SETTLEMENTS)
    await ledger.test.mine({ blocks: FINALITY })
    const { rpcUrl, deployment } = ledger
    const peerFolder = { folder: join(folder, 'peer'), rpcUrl, escrow: deployment.escrow }
    const peer = await measure(ledger, market.settle, SETTLEMENTS, async () =>
      startPlainPonder({ ...peerFolder, port: await freePort() }),
    )
    await ledger.test.mine({ blocks: FINALITY })
    const questions = new Map<string, number>()
    // Every settlement is one event; the market itself and its models are the others.
    const events = SETTLEMENTS + LIVE + 6 * MODELS
    const ours = await measure(
      ledger,
      market.settle,
      events,
      async () => startIndexer({ folder: join(folder, 'index'), rpcUrl, deployment, port: await freePort() }),
      async (url) => {
        for (const [name, question] of Object.entries(QUESTIONS)) questions.set(name, await slowest(url, question))
      },
    )
    const slowestPage = Math.max(...questions.values())
    const row = (name: string, unit: string, a: number, b: number) => {
      return { case: name, ours: a, peer: b, peerName: PEER, ratio: a / b, unit }
    }
    return {
      name: 'indexer',
      machine: machine(),
      rows: [
        row('backfill', 'events/s', ours.backfill, peer.backfill),
        row('live blocks', 'events/s', ours.live, peer.live),
        ...[...questions].map(([name, ms]) => ({
          ...{ case: `${name}, slowest of 5`, ours: ms, peer: 0, peerName: '', ratio: 0, unit: 'ms' },
        })),
      ],
      goals: [
        { goal: 'backfill', value: ours.backfill, target: 2_400, unit: 'events/s', met: ours.backfill >= 2_400 },
        { goal: 'live blocks', value: ours.live, target: 1_500, unit: 'events/s', met: ours.live >= 1_500 },
        { goal: 'slowest question of a page', value: slowestPage, target: 200, unit: 'ms', met: slowestPage <= 200 },
      ],
    }
  } finally {
    await ledger.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const QUESTIONS: Record<string, Question<unknown>> = {
  'newest models': listModels({ limit: 50 }),
  'models by revenue': listModels({ order: 'settled', limit: 50 }),
  'all models': listModels({ limit: 1_000 }),
  'open offers': listOffers({ open: true }),
  providers: listProviders(),
  'settlements of a model': listSettlements({ modelId: 1n }),
  'settlements of a payer': listSettlements({ payer: A_PAYER }),
  'spending by day of a payer': spendByDay({ payer: A_PAYER }),
  'value flow, all time': valueFlow({ from: 0, to: 100_000 }),
  'latest events': listEvents(),
  totals: getTotals(),
}

/** Events a second from the first answer to the end of the past, and then of blocks that were there when it looked. */
async function measure(
  ledger: Ledger,
  settle: (count: number) => Promise<void>,
  events: number,
  start: () => Promise<Engine>,
  whenReady: (url: string) => Promise<void> = async () => {},
): Promise<{ backfill: number; live: number }> {
  const engine = await start()
  try {
    while (!(await answers(`${engine.url}/health`))) await sleep(20)
    const began = performance.now()
    while (!(await answers(`${engine.url}/ready`))) await sleep(20)
    const backfill = (events * 1_000) / (performance.now() - began)
    await caughtUp(engine.url, ledger)
    await whenReady(engine.url)
    // It sleeps while the blocks are made, so that what is timed is indexing them and not making them.
    process.kill(engine.pid, 'SIGSTOP')
    await settle(LIVE)
    process.kill(engine.pid, 'SIGCONT')
    const woken = performance.now()
    await caughtUp(engine.url, ledger)
    return { backfill, live: (LIVE * 1_000) / (performance.now() - woken) }
  } finally {
    await engine.stop()
  }
}

async function answers(url: string): Promise<boolean> {
  return (await fetch(url).catch(() => undefined))?.ok ?? false
}

async function caughtUp(url: string, ledger: Ledger): Promise<void> {
  const head = Number(await ledger.test.getBlockNumber({ cacheTime: 0 }))
  const client = createIndexClient({ url, timeout: 60_000 })
  // A busy engine may drop a connection that was kept open: that is no answer yet.
  const block = async () => (await client.status().catch(() => undefined))?.block ?? -1
  while ((await block()) < head) await sleep(20)
}

/** Milliseconds of the slowest of five askings; each is asked in other words, so that none is answered from memory. */
async function slowest(url: string, question: Question<unknown>): Promise<number> {
  const client = createIndexClient({ url, timeout: 60_000 })
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const began = performance.now()
    await client.ask({ ...question, sql: `${question.sql}${' '.repeat(i + 1)}` })
    times.push(performance.now() - began)
  }
  return Math.max(...times)
}
