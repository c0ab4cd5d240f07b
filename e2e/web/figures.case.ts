import { request } from 'node:http'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { type Dashboard, settled } from './dashboard.ts'
import { SIZES } from './pages.ts'

/** What a first page may weigh, scripts and styles compressed by gzip. */
const BUDGET_BYTES = 350_000
/** Times each page is opened, of which the middle counts: this machine has much else to do. */
const RUNS = 3
/** How many times as long as the same page without its scripts, in the same run, a page may take until something, and until the most of it, is seen. */
const MOST_FIRST = 6
const MOST_LARGEST = 25
/** How many times the yardstick all tasks may keep the page from answering. */
const MOST_BLOCKED = 100

const FIRST_PAGES = ['/', '/playground', '/provide', '/wallet', '/flow', '/explorer', '/network', '/models/4']

type Figures = { firstMs: number; largestMs: number; shift: number; blockedMs: number }
type Weighed = Figures & { assets: Set<string>; loopMs: number }

/**
 * How fast it is, from the browser itself. Bytes and shifts are held to as they are; times, which depend on what else the machine does, only beside a page
 * and a loop that are measured in the same run, and generously; all of them are told.
 */
export function figureCases(dashboard: () => Dashboard): void {
  describe('figures', () => {
    it.each(FIRST_PAGES)('%s comes light, shows itself soon, and does not move once it is there', async (path) => {
      const reference = middle(await inTurn(() => openDrawn(path)), 'firstMs')
      const runs = await inTurn(() => open(path))
      // Measured beside each run: what else the machine does comes and goes.
      const yardstick = middle(runs, 'loopMs')
      const [first, largest, blocked] = (['firstMs', 'largestMs', 'blockedMs'] as const).map((name) =>
        middle(runs, name),
      ) as [number, number, number]
      const shift = middle(runs, 'shift')
      const bytes = await gzippedBytes(runs.flatMap(({ assets }) => [...assets]))
      const ms = (time: number) => `${time.toFixed(0)} ms`
      console.log(
        [
          `${path}: first paint with content ${ms(first)}, largest ${ms(largest)}, without scripts ${ms(reference)}`,
          `blocked ${ms(blocked)}, a loop of 20 million ${ms(yardstick)}`,
          `shift ${shift.toFixed(3)}, ${(bytes / 1000).toFixed(0)} kB`,
        ].join('; '),
      )
      expect(bytes).toBeGreaterThan(0)
      expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES)
      // Up to 0.1 counts as good (web.dev, "Cumulative Layout Shift").
      expect(shift).toBeLessThan(0.1)
      expect(first / reference).toBeLessThan(MOST_FIRST)
      expect(largest / reference).toBeLessThan(MOST_LARGEST)
      expect(blocked / yardstick).toBeLessThan(MOST_BLOCKED)
    })

    /** The page as its file and its style draw it. */
    async function openDrawn(path: string): Promise<Figures> {
      const { page, context } = await dashboard().open('about:blank', SIZES.desktop)
      await withoutScripts(page)
      await page.goto(dashboard().url + path)
      await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0)
      const figures = await figuresOf(page)
      await context.close()
      return figures
    }

    /** The page with all that belongs to it. */
    async function open(path: string): Promise<Weighed> {
      const { page, context } = await dashboard().open('about:blank', SIZES.desktop)
      const assets = new Set<string>()
      page.on('requestfinished', (each) => {
        if (/\/assets\/.*\.(js|css)$/.test(each.url())) assets.add(each.url())
      })
      await page.goto(dashboard().url + path)
      await page.waitForLoadState('networkidle')
      await settled(page)
      const figures = await figuresOf(page)
      const loop = await loopMs(page)
      await context.close()
      return { ...figures, assets, loopMs: loop }
    }
  })
}

/** Milliseconds of a fixed piece of work in this browser, now. */
function loopMs(page: Page): Promise<number> {
  return page.evaluate(() => {
    const started = performance.now()
    let hash = 0
    for (let i = 0; i < 20_000_000; i++) hash = Math.imul(hash ^ i, 16_777_619)
    return hash === 1 ? 0 : performance.now() - started
  })
}

/** Has documents come without scripts and what they would load: what is left is drawn by file and style alone. */
async function withoutScripts(page: Page): Promise<void> {
  await page.route(isDocument, async (route) => {
    const response = await route.fetch()
    const body = (await response.text()).replace(
      /<script[^>]*><\/script>|<link rel="(modulepreload|preload)"[^>]*>/g,
      '',
    )
    await route.fulfill({ response, body })
  })
}

const isDocument = ({ pathname }: URL) => !/^\/(api|assets)\/|\.[a-z]+$/.test(pathname)

async function inTurn<T>(run: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let i = 0; i < RUNS; i++) results.push(await run())
  return results
}

/** The middle of a figure over all runs. */
function middle<name extends string>(runs: readonly Readonly<Record<name, number>>[], name: name): number {
  const sorted = runs.map((run) => run[name]).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** What the browser kept of its own measurements. Asked for afterwards, so that nothing of ours runs while the page loads. */
function figuresOf(page: Page): Promise<Figures> {
  return page.evaluate(async () => {
    const entriesOf = (type: string) =>
      new Promise<(PerformanceEntry & { value?: number; hadRecentInput?: boolean })[]>((resolve) => {
        const observer = new PerformanceObserver((list) => resolve(list.getEntries()))
        observer.observe({ type, buffered: true })
        // There may be none.
        setTimeout(() => resolve(observer.takeRecords()), 100)
      })
    const [paints, largest, shifts, tasks] = await Promise.all(
      ['paint', 'largest-contentful-paint', 'layout-shift', 'longtask'].map(entriesOf),
    )
    return {
      firstMs: paints?.find(({ name }) => name === 'first-contentful-paint')?.startTime ?? Number.NaN,
      largestMs: largest?.at(-1)?.startTime ?? Number.NaN,
      shift: shifts?.reduce((sum, { value = 0, hadRecentInput }) => (hadRecentInput ? sum : sum + value), 0) ?? 0,
      // What of a task is beyond 50 ms keeps the page from answering (total blocking time).
      blockedMs: tasks?.reduce((sum, { duration }) => sum + Math.max(0, duration - 50), 0) ?? 0,
    }
  })
}

/** Bytes of files as the server sends them to whoever takes gzip; the browser takes what is smaller still. */
async function gzippedBytes(urls: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    [...new Set(urls)].map(
      (url) =>
        new Promise<number>((resolve, reject) => {
          const call = request(url, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
            let bytes = 0
            answer.on('data', (piece: Buffer) => {
              bytes += piece.length
            })
            answer.once('end', () => resolve(bytes))
          })
          call.once('error', reject)
          call.end()
        }),
    ),
  )
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}
