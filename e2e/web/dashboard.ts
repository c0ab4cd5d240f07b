import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@stoa/localnet'
import axe from 'axe-core'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { startUp, until } from '../cli/stoa.ts'
import { openBrowser } from './browser.ts'

export type Dashboard = {
  url: string
  home: string
  /** Opens a path, or `about:blank`, in a browser context of its own. `faults` grows with every error and violation that the page reports. */
  open(
    path: string,
    options?: BrowserContextOptions,
  ): Promise<{ page: Page; faults: string[]; context: BrowserContext }>
  close(): Promise<void>
}

/** Milliseconds for a whole economy to start, on a machine that has much else to do. */
export const START_TIMEOUT = 600_000

/** Milliseconds for which a look at a page waits for what it looks at, as those of the tests' own do: a machine with other work takes many times what a quiet one does. */
const LONGEST_LOOK = 120_000

/** The real thing: `stoa up` in a home of its own, its dashboard, and a browser. */
export async function openDashboard(): Promise<Dashboard> {
  const home = await mkdtemp(join(tmpdir(), 'stoa-web-'))
  const ports = {
    ...{ gateway: await freePort(), node: await freePort(), chain: await freePort() },
    ...{ web: await freePort(), index: await freePort() },
  }
  const [up, browser] = await Promise.all([startUp(home, ports), openBrowser()])
  const close = async () => {
    await browser.close()
    up.child.kill('SIGINT')
    await up.ended
    await rm(home, { recursive: true, force: true })
  }
  const url = `http://127.0.0.1:${ports.web}`
  await waitForIndex(url).catch(async (error: unknown) => {
    await close()
    throw error
  })
  const open: Dashboard['open'] = (path, options) =>
    openPage(browser, path.startsWith('/') ? url + path : path, options)
  return { url, home, open, close }
}

/** The index starts last, and nobody waits for it; a page that asks too early says so, which these tests are not about. */
export async function waitForIndex(url: string): Promise<void> {
  const isReady = async () => (await fetch(`${url}/api/index/ready`)).ok
  await until(isReady, () => 'the index was not ready', 5)
}

/** Opens an address in a browser context of its own. `faults` grows with every error and violation that the page reports. */
export async function openPage(browser: Browser, url: string, options?: BrowserContextOptions) {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(LONGEST_LOOK)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      faults.push(`${message.type()}: ${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`))
  await page.goto(url)
  if (url !== 'about:blank') await settled(page)
  return { page, faults, context }
}

/** Waits until the page shows what it has, and nothing more is on its way. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').waitFor()
  await page.waitForLoadState('networkidle')
  await page.waitForFunction(() => document.querySelector('[aria-busy=true], .animate-pulse') === null)
}

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']

/** What axe finds against WCAG 2.2 AA, a line for each element, once colours that change have changed. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map(({ finished }) => finished),
    ),
  )
  // As the browser's own tools do, past the page's policy, which allows no script but its own.
  await page.evaluate(axe.source)
  return page.evaluate(async (values) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run(document, { runOnly: { type: 'tag', values } })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
    )
  }, STANDARDS)
}

/** Pixels by which the page is wider than the window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
