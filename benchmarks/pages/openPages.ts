import type { Browser, Page } from 'playwright-core'
import { SIZES } from '../../e2e/web/pages.ts'
import type { Subjects } from './questions.ts'

/** Times that each page is opened, either way. */
const TIMES = 3

/** A page, and what is in it once its content is there, beside the absence of every skeleton. */
type Opened = { path: string; shown: string }

/** Every page of the dashboard. */
function pagesOf({ payer, provider, offerId, tx, modelId, block }: Subjects): Record<string, Opened> {
  return {
    market: { path: '/', shown: 'ul[aria-label=Models] > li' },
    'a model': { path: `/models/${modelId}`, shown: 'table' },
    playground: { path: '/playground', shown: 'form' },
    provide: { path: '/provide', shown: 'h2' },
    wallet: { path: '/wallet', shown: 'ul[aria-label=Receipts] > li' },
    'value flow': { path: '/flow', shown: 'table' },
    explorer: { path: '/explorer', shown: 'ul[aria-label=Events] > li' },
    'a transaction': { path: `/explorer/tx/${tx}`, shown: 'dl' },
    'a block': { path: `/explorer/block/${block}`, shown: 'dl' },
    'a buyer': { path: `/explorer/address/${payer}`, shown: 'h2' },
    'a seller': { path: `/explorer/address/${provider}`, shown: 'h2' },
    'an offer': { path: `/explorer/offer/${offerId}`, shown: 'dl' },
    disputes: { path: '/explorer/disputes', shown: 'h1' },
    network: { path: '/network', shown: 'h2' },
  }
}

/** Milliseconds until all content of a page was drawn: `load` by its address, in a browser that was never here; `go` from another page, in one that was. */
export type OpeningTimes = Record<'load' | 'go', Map<string, number[]>>

/** Opens pages of a dashboard, three times either way: those that are named, or all. Throws for a name that no page has. */
export async function openPages(
  browser: Browser,
  url: string,
  { subjects, names }: { subjects: Subjects; names: readonly string[] },
): Promise<OpeningTimes> {
  const all = pagesOf(subjects)
  const unknown = names.find((name) => !(name in all))
  if (unknown) throw new Error(`There is no page "${unknown}", but ${Object.keys(all).join(', ')}.`)
  const pages = Object.entries(all).filter(([name]) => names.length === 0 || names.includes(name))
  const times: OpeningTimes = { load: new Map(), go: new Map() }
  const known = await browser.newContext(SIZES.desktop)
  for (const [name, opened] of pages) {
    const [load, go]: [number[], number[]] = [[], []]
    for (let time = 0; time < TIMES; time++) {
      const fresh = await browser.newContext(SIZES.desktop)
      load.push(await loadMs(await fresh.newPage(), url, opened))
      await fresh.close()
      const page = await known.newPage()
      go.push(await goMs(page, url, opened))
      await page.close()
    }
    times.load.set(name, load)
    times.go.set(name, go)
  }
  await known.close()
  return times
}

/** Since the browser began to ask for the page. */
async function loadMs(page: Page, url: string, { path, shown }: Opened): Promise<number> {
  await page.goto(url + path, { waitUntil: 'commit' })
  return contentAt(page, shown)
}

/** Since the page's address was chosen in the router; nothing of it was fetched beforehand, as a pointer that comes near a link has it done. */
async function goMs(page: Page, url: string, { path, shown }: Opened): Promise<number> {
  const elsewhere = path === '/network' ? '/explorer/disputes' : '/network'
  await page.goto(url + elsewhere)
  await contentAt(page, 'h1')
  await page.waitForLoadState('networkidle')
  const began = await page.evaluate((to) => {
    document.querySelector('main')?.setAttribute('data-before', '')
    const now = performance.now()
    history.pushState({}, '', to)
    return now
  }, path)
  return (await contentAt(page, shown)) - began
}

/** When, on the page's own clock, it had drawn all that it shows: what `shown` selects is in it, and nothing is on its way. */
async function contentAt(page: Page, shown: string): Promise<number> {
  const found = await page.waitForFunction((selector) => {
    const main = document.querySelector('main:not([data-before])')
    const isThere = main?.querySelector(selector) && !document.querySelector('[aria-busy=true], .animate-pulse')
    return isThere ? performance.now() : undefined
  }, shown)
  return (await found.jsonValue()) ?? Number.NaN
}
