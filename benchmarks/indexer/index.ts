import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startIndexer } from '@stoa/indexer'
import { type Ledger, openLedger } from '@stoa/indexer/testing'
import { freePort } from '@stoa/localnet'
import { createIndexClient } from '@stoa/sdk/index-client'
import { type BenchGoal, type BenchResult, machine } from '../result.ts'
import { openBigMarket } from './fillLedger.ts'
import { startPlainPonder } from './plainPonder.ts'
import { processorTime } from './processorTime.ts'
import { residentMemory } from './residentMemory.ts'

const PEER = 'plain Ponder app, two tables'
/** Blocks after which Ponder takes this chain's for final: beyond them is no backfill. */
const FINALITY = 60

const SETTLEMENTS = Number(process.env.STOA_BENCH_SETTLEMENTS ?? 50_000)
const MODELS = 1_000
const LIVE = 4_000

type Engine = { url: string; pid: number; stop(): Promise<void> }

/** Backfill and live indexing of one chain by our index and by the peer, one after the other, and what either takes of time and memory for it. */
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
    // Every settlement is one event; the market itself and its models are the others.
    const events = SETTLEMENTS + LIVE + 6 * MODELS
    const ours = await measure(ledger, market.settle, events, async () =>
      startIndexer({ folder: join(folder, 'index'), rpcUrl, deployment, port: await freePort() }),
    )
    const row = (name: string, unit: string, a: number, b: number) => {
      return { case: name, ours: a, peer: b, peerName: PEER, ratio: a / b, unit }
    }
    return {
      name: 'indexer',
      machine: machine(),
      rows: [
        row('backfill', 'events/s', ours.backfill, peer.backfill),
        row('live blocks', 'events/s', ours.live, peer.live),
        row('backfill, processor', 'ms/event', ours.backfillWork, peer.backfillWork),
        row('live blocks, processor', 'ms/event', ours.liveWork, peer.liveWork),
        row('until it answers, first start', 's', ours.start, peer.start),
        // Whoever answers later may have begun with the past before.
        row('until the past is indexed, from the start of the process', 's', ours.whole, peer.whole),
        row('memory after all that', 'MB', ours.memory, peer.memory),
      ],
      goals: [
        goal('backfill', 'events/s', ours.backfill, 2_400),
        goal('live blocks', 'events/s', ours.live, 1_500),
        goal('backfill beside the plain app', '×', ours.backfill / peer.backfill, 1),
        goal('live blocks beside the plain app', '×', ours.live / peer.live, 1),
      ],
    }
  } finally {
    await ledger.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function goal(name: string, unit: string, value: number, target: number): BenchGoal {
  return { goal: name, value, target, unit, met: value >= target }
}

/** Events a second from the first answer to the end of the past, and then of blocks that were there when it looked. */
async function measure(
  ledger: Ledger,
  settle: (count: number) => Promise<void>,
  events: number,
  start: () => Promise<Engine>,
): Promise<{
  backfill: number
  live: number
  backfillWork: number
  liveWork: number
  start: number
  whole: number
  memory: number
}> {
  const started = performance.now()
  const engine = await start()
  try {
    while (!(await answers(`${engine.url}/health`))) await sleep(20)
    const answering = (performance.now() - started) / 1_000
    const [backfill, backfillWork] = await rate(engine.pid, events, async () => {
      while (!(await answers(`${engine.url}/ready`))) await sleep(20)
    })
    const whole = (performance.now() - started) / 1_000
    await caughtUp(engine.url, ledger)
    // It sleeps while the blocks are made, so that what is timed is indexing them and not making them.
    process.kill(engine.pid, 'SIGSTOP')
    await settle(LIVE)
    const [live, liveWork] = await rate(engine.pid, LIVE, async () => {
      process.kill(engine.pid, 'SIGCONT')
      await caughtUp(engine.url, ledger)
    })
    const memory = await residentMemory(engine.pid)
    return { backfill, live, backfillWork, liveWork, start: answering, whole, memory }
  } finally {
    await engine.stop()
  }
}

/** Events a second while a process does its work, and milliseconds of processor that each took. */
async function rate(pid: number, events: number, work: () => Promise<void>): Promise<[number, number]> {
  const [began, before] = [performance.now(), await processorTime(pid)]
  await work()
  const [ms, busy] = [performance.now() - began, (await processorTime(pid)) - before]
  return [(events * 1_000) / ms, (busy * 1_000) / events]
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
