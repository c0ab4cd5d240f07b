import { createIndexClient, greatestInFlow, listOffers, listSettlements, type Question } from '@stoa/sdk/index-client'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../../e2e/web/browser.ts'
import { SIZES } from '../../e2e/web/pages.ts'
import { type Seen, scrollThrough } from '../../e2e/web/scrollThrough.ts'
import { type BenchGoal, type BenchResult, type BenchRow, machine } from '../result.ts'
import { receiptModel, receiptProvider } from './fillReceipts.ts'
import { type FullHome, openFullHome } from './openFullHome.ts'
import { type OpeningTimes, openPages } from './openPages.ts'
import { questionsOf, type Subjects, WHOLE_MARKET } from './questions.ts'

const MODELS = Number(process.env.STOA_BENCH_MODELS ?? 1_000)
const SETTLEMENTS = Number(process.env.STOA_BENCH_SETTLEMENTS ?? 50_000)
const RECEIPTS = Number(process.env.STOA_BENCH_RECEIPTS ?? 100_000)
const TIMES = 20
const GOAL_MS = 200
/** First paint with content: what a person may wait who opens a page by its address. */
const LOAD_GOAL_MS = 1_000
/** Milliseconds after which a frame that has not come is seen as a jolt: three of sixty a second. */
const LATE_MS = 50
const MOST_ROWS = 60
/** Receipts that are scrolled through. */
const SCROLLED = 5_000

/**
 * How long pages and their questions take where much happened: `stoa up` with 1,000 models and 50,000 settlements, all through contracts on its chain, and 100,000 receipts,
 * written into its gateway's store. Each question is asked twenty times in the same words, and answered afresh every time; each page is opened in Chromium, and the longest lists are
 * scrolled through, of the receipts the first 5,000. Of pages that are named, these are opened, and nothing else is measured.
 */
export async function run(names: readonly string[] = []): Promise<BenchResult> {
  const home = await openFullHome({ models: MODELS, settlements: SETTLEMENTS, receipts: RECEIPTS })
  try {
    const subjects = await chooseSubjects(home)
    const isWhole = names.length === 0
    const asked = new Map(
      isWhole ? [...(await askIndex(home.index, subjects)), ...(await askGateway(home.gateway))] : [],
    )
    const browser = await openBrowser()
    try {
      const opened = await openPages(browser, home.dashboard, { subjects, names })
      const scrolled = isWhole ? await scrollLists(browser, home.dashboard) : new Map<string, Seen>()
      const rows = [
        ...[...asked].flatMap(([name, ms]) => [row(`${name}, median`, at(ms, 0.5)), row(`${name}, p95`, at(ms, 0.95))]),
        ...openingRows(opened),
        ...[...scrolled].flatMap(([name, seen]) => scrollRows(name, seen)),
      ]
      return { name: 'pages', machine: machine(), rows, goals: goalsOf({ asked, opened, scrolled }) }
    } finally {
      await browser.close()
    }
  } finally {
    await home.stop()
  }
}

type Times = ReadonlyMap<string, number[]>
type Found = { asked: Times; opened: OpeningTimes; scrolled: ReadonlyMap<string, Seen> }

function goalsOf({ asked, opened, scrolled }: Found): BenchGoal[] {
  const slowest = (times: Times, share: number, wanted: (name: string) => boolean = () => true) =>
    Math.max(...[...times].filter(([name]) => wanted(name)).map(([, ms]) => at(ms, share)))
  const goal = (words: string, value: number, target: number, unit = 'ms') => {
    return { goal: words, value, target, unit, met: value <= target }
  }
  const questions = [
    goal(
      'p95 of the slowest question of a page',
      slowest(asked, 0.95, (name) => name !== WHOLE_MARKET),
      GOAL_MS,
    ),
    // A gateway reads the whole market, every quarter of a minute; nobody waits for it.
    goal(
      'p95 of a gateway that reads the whole market',
      slowest(asked, 0.95, (name) => name === WHOLE_MARKET),
      GOAL_MS,
    ),
  ]
  return [
    ...(asked.size > 0 ? questions : []),
    goal('slowest page, gone to from another, median', slowest(opened.go, 0.5), GOAL_MS),
    goal('slowest page, by its address, median', slowest(opened.load, 0.5), LOAD_GOAL_MS),
    ...[...scrolled].flatMap(([name, seen]) => [
      goal(`${name} scrolled: rows in the page, at most`, seen.mostRows, MOST_ROWS, 'rows'),
      goal(`${name} scrolled: frames later than ${LATE_MS} ms`, lateShare(seen), 1, '%'),
    ]),
  ]
}

const row = (name: string, ours: number, unit = 'ms'): BenchRow => ({
  ...{ case: name, ours, unit },
  ...{ peer: 0, peerName: '', ratio: 0 },
})

function openingRows({ load, go }: OpeningTimes): BenchRow[] {
  return [...load].flatMap(([name, ms]) => [
    row(`page ${name}: gone to, median`, at(go.get(name) ?? [], 0.5)),
    row(`page ${name}: gone to, longest`, at(go.get(name) ?? [], 1)),
    row(`page ${name}: by its address, median`, at(ms, 0.5)),
    row(`page ${name}: by its address, longest`, at(ms, 1)),
  ])
}

function scrollRows(name: string, seen: Seen): BenchRow[] {
  const { positions, mostRows, frameMs, longTaskMs } = seen
  return [
    row(`${name} scrolled: rows seen`, positions.size, 'rows'),
    row(`${name} scrolled: rows in the page, at most`, mostRows, 'rows'),
    row(`${name} scrolled: frames`, frameMs.length, 'frames'),
    row(`${name} scrolled: a frame, median`, at(frameMs, 0.5)),
    row(`${name} scrolled: a frame, p95`, at(frameMs, 0.95)),
    row(`${name} scrolled: a frame, longest`, at(frameMs, 1)),
    row(`${name} scrolled: frames later than ${LATE_MS} ms`, lateShare(seen), '%'),
    row(`${name} scrolled: tasks longer than 50 ms`, longTaskMs.length, 'tasks'),
    row(`${name} scrolled: the longest task`, Math.max(0, ...longTaskMs)),
  ]
}

const lateShare = ({ frameMs }: Seen): number =>
  (100 * frameMs.filter((ms) => ms > LATE_MS).length) / Math.max(1, frameMs.length)

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

/** What pages are asked about: the home's own payer, and a settlement of it. */
async function chooseSubjects({ index, accounts, now }: FullHome): Promise<Subjects> {
  const client = createIndexClient({ url: index, timeout: 60_000 })
  const [settlement] = await client.ask(listSettlements({ payer: accounts.payer, limit: 1 }))
  const [offer] = settlement ? await client.ask(listOffers({ offerId: settlement.offerId })) : []
  if (!offer || !settlement) throw new Error('The index lacks what was put on the chain.')
  const { offerId, provider, tx, block } = settlement
  const day = Math.floor(now / 86_400)
  return {
    payer: accounts.payer,
    provider,
    offerId,
    tx,
    block,
    modelId: offer.offer.modelId,
    day,
    apart: await client.ask(greatestInFlow({ from: day - 29, to: day })),
  }
}

async function askIndex(url: string, subjects: Subjects): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>()
  for (const [name, question] of Object.entries(questionsOf(subjects)))
    times.set(name, await timed((time) => askAfresh(url, question, time)))
  return times
}

/** The same text every time; what is beside it keeps the answer from coming out of memory. */
async function askAfresh(url: string, { sql, params, read }: Question<unknown>, time: number): Promise<unknown> {
  const query = new URLSearchParams({ sql: JSON.stringify({ json: { sql, params, time } }) })
  const response = await fetch(`${url}/sql/db?${query}`)
  const text = await response.text()
  if (!response.ok) throw new Error(`${sql}: ${text}`)
  return read((JSON.parse(text) as { rows: unknown }).rows)
}

async function askGateway(url: string): Promise<Map<string, number[]>> {
  const page = async (query: Record<string, string>) => {
    const response = await fetch(`${url}/receipts?${new URLSearchParams(query)}`)
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
    ['market: models on offer', await timed(async () => (await fetch(`${url}/models`)).json())],
  ])
}

/** The longest lists: models from beginning to end, of receipts as many as a person might scroll through, a whole window a frame. */
async function scrollLists(browser: Browser, url: string): Promise<Map<string, Seen>> {
  const through = async (
    path: string,
    label: string,
    way: { windowsPerFrame: number; places?: number },
  ): Promise<Seen> => {
    const context = await browser.newContext(SIZES.desktop)
    const page: Page = await context.newPage()
    await page.goto(url + path)
    const rows = page.getByRole('list', { name: label }).getByRole('listitem')
    await rows.first().waitFor()
    await page.waitForLoadState('networkidle')
    const seen = await scrollThrough(page, rows, way)
    await context.close()
    return seen
  }
  return new Map([
    ['market', await through('/', 'Models', { windowsPerFrame: 0.25 })],
    ['receipts', await through('/wallet', 'Receipts', { windowsPerFrame: 1, places: SCROLLED })],
  ])
}
