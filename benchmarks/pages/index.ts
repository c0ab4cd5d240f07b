import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway } from '@stoa/gateway'
import { startIndexer } from '@stoa/indexer'
import { openLedger } from '@stoa/indexer/testing'
import { freePort } from '@stoa/localnet'
import { createIndexClient, listOffers, listSettlements, type Question } from '@stoa/sdk/index-client'
import { A_PAYER, openBigMarket } from '../indexer/fillLedger.ts'
import { type BenchResult, type BenchRow, machine } from '../result.ts'
import { fillReceipts, receiptModel, receiptProvider } from './fillReceipts.ts'
import { questionsOf, WHOLE_MARKET } from './questions.ts'

const MODELS = Number(process.env.STOA_BENCH_MODELS ?? 1_000)
const SETTLEMENTS = Number(process.env.STOA_BENCH_SETTLEMENTS ?? 50_000)
const RECEIPTS = 100_000
const TIMES = 20
const GOAL_MS = 200

/**
 * How long the questions of pages take where much happened: 1,000 models and 50,000 settlements, all through contracts on a chain, and 100,000 receipts,
 * written into the store of a gateway that then reads them. Each is asked twenty times in the same words, and answered afresh every time.
 */
export async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-bench-'))
  try {
    const times = new Map([...(await askIndex(join(folder, 'index'))), ...(await askGateway(join(folder, 'gateway')))])
    const rows = [...times].flatMap(([name, ms]) => [
      row(`${name}, median`, at(ms, 0.5)),
      row(`${name}, p95`, at(ms, 0.95)),
    ])
    const slowest = (asked: (name: string) => boolean) =>
      Math.max(...[...times].filter(([name]) => asked(name)).map(([, ms]) => at(ms, 0.95)))
    // A gateway reads the whole market, every quarter of a minute; nobody waits for it.
    const goals = [
      { goal: 'p95 of the slowest question of a page', value: slowest((name) => name !== WHOLE_MARKET) },
      { goal: 'p95 of a gateway that reads the whole market', value: slowest((name) => name === WHOLE_MARKET) },
    ].map((goal) => ({ ...goal, target: GOAL_MS, unit: 'ms', met: goal.value <= GOAL_MS }))
    return { name: 'pages', machine: machine(), rows, goals }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const row = (name: string, ms: number): BenchRow => ({
  case: name,
  ours: ms,
  peer: 0,
  peerName: '',
  ratio: 0,
  unit: 'ms',
})

/** The time that a share of all times does not exceed. */
function at(ms: readonly number[], share: number): number {
  const sorted = [...ms].sort((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0
}

async function timed(ask: (time: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let time = 0; time < TIMES; time++) {
    const began = performance.now()
    await ask(time)
    times.push(performance.now() - began)
  }
  return times
}

async function askIndex(folder: string): Promise<Map<string, number[]>> {
  const ledger = await openLedger()
  const { rpcUrl, deployment } = ledger
  try {
    const market = await openBigMarket(ledger)
    await market.models(MODELS)
    await market.settle(SETTLEMENTS)
    const index = await startIndexer({ folder, rpcUrl, deployment, port: await freePort() })
    try {
      const client = createIndexClient({ url: index.url, timeout: 60_000 })
      const { number, timestamp } = await ledger.test.getBlock()
      for (;;) {
        const status = await client.status().catch(() => undefined)
        if (status?.ready && status.block >= Number(number)) break
        await sleep(100)
      }
      const [offer] = await client.ask(listOffers({ modelId: 1n }))
      const [settlement] = await client.ask(listSettlements({ payer: A_PAYER, limit: 1 }))
      if (!offer || !settlement) throw new Error('The index lacks what was put on the chain.')
      const { offerId, provider, tx } = settlement
      const day = Math.floor(Number(timestamp) / 86_400)
      const questions = questionsOf({ payer: A_PAYER, provider, offerId, tx, modelId: 1n, day })
      const all = new Map<string, number[]>()
      for (const [name, question] of Object.entries(questions))
        all.set(name, await timed((time) => askAfresh(index.url, question, time)))
      return all
    } finally {
      await index.stop()
    }
  } finally {
    await ledger.close()
  }
}

/** The same text every time; what is beside it keeps the answer from coming out of memory. */
async function askAfresh(url: string, { sql, params, read }: Question<unknown>, time: number): Promise<unknown> {
  const query = new URLSearchParams({ sql: JSON.stringify({ json: { sql, params, time } }) })
  const response = await fetch(`${url}/sql/db?${query}`)
  const text = await response.text()
  if (!response.ok) throw new Error(`${sql}: ${text}`)
  return read((JSON.parse(text) as { rows: unknown }).rows)
}

async function askGateway(folder: string): Promise<Map<string, number[]>> {
  const ledger = await openLedger()
  const { rpcUrl, deployment } = ledger
  const parameters = { folder, rpcUrl, deployment, payer: A_PAYER, sessionKey: ledger.key(9).secret }
  try {
    // Its first start makes the store.
    await (await createGateway(parameters)).close()
    fillReceipts(folder, RECEIPTS)
    const gateway = await createGateway(parameters)
    try {
      const { url } = await gateway.listen({ port: 0 })
      const page = async (query: Record<string, string>) => {
        const response = await fetch(`${url}/v1/receipts?${new URLSearchParams(query)}`)
        if (!response.ok) throw new Error(await response.text())
        return (await response.json()) as { data: { digest: string }[] }
      }
      const newest = await page({ limit: '50' })
      const after = newest.data.at(-1)?.digest ?? ''
      const ask = (query: Record<string, string>) => timed(() => page({ limit: '50', ...query }))
      return new Map([
        ['receipts: newest', await ask({})],
        ['receipts: next page', await ask({ after })],
        ['receipts: of a model', await ask({ model: receiptModel(7) })],
        ['receipts: of a provider', await ask({ provider: receiptProvider(7) })],
        ['receipts: of a model that has none', await ask({ model: 'none' })],
      ])
    } finally {
      await gateway.close()
    }
  } finally {
    await ledger.close()
  }
}
