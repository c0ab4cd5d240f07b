import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { type Dashboard, settled } from './dashboard.ts'
import { SIZES } from './pages.ts'
import { type Seen, scrollThrough } from './scrollThrough.ts'

const MODELS = 1_000
const RECEIPTS = 3_000
/** Rows that may be in the page at once: a window's worth, and some beyond it at either side. */
const MOST_ROWS = 60

/** Many of everything, as a gateway of a large market would answer: lists draw what is near the window, and all of it can be reached. */
export function scaleCases(dashboard: () => Dashboard): void {
  describe('scale', () => {
    it(`reaches each of ${MODELS} models by keyboard and by scrolling, with few of them in the page`, async () => {
      const { page, faults, context } = await dashboard().open('/network', SIZES.desktop)
      // Read beforehand: a reading under way when the page is closed would be an error of its own.
      const { data } = await (await fetch(`${dashboard().url}/api/gateway/v1/models`)).json()
      const models = { data: manyModels(data) }
      await page.route('**/api/gateway/v1/models', (route) => route.fulfill({ json: models }))
      await page.getByRole('link', { name: 'Market' }).click()
      await page.getByText(`${MODELS} models`).waitFor()
      const list = page.getByRole('list', { name: 'Models' })
      const rows = list.getByRole('listitem')
      await rows.first().waitFor()
      expect(await rows.count()).toBeLessThan(MOST_ROWS)

      await list.getByRole('link').first().focus()
      await page.keyboard.press('End')
      await expectFocusIn(page, MODELS)
      await page.keyboard.press('ArrowUp')
      await expectFocusIn(page, MODELS - 1)
      await page.keyboard.press('Home')
      await expectFocusIn(page, 1)
      for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowDown')
      await expectFocusIn(page, 41)
      // What has the focus stays, wherever the page is scrolled to, so that Tab goes on from there.
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
      await list.locator(`[aria-posinset="${MODELS}"]`).waitFor()
      await expectFocusIn(page, 41)
      await page.keyboard.press('Tab')
      expect(await positionOfFocus(page)).toBeGreaterThanOrEqual(41)

      const seen = await scrollThrough(page, rows)
      expect(seen.positions.size).toBe(MODELS)
      expect(seen.mostRows).toBeLessThan(MOST_ROWS)
      console.log(`1,000 models: ${framesWords(seen)}`)

      await page.getByLabel('Search models').fill('number 777')
      await page.getByText(`1 of ${MODELS} models`).waitFor()
      await page.getByRole('link', { name: 'many/model-777', exact: true }).waitFor()
      expect(faults).toEqual([])
      await context.close()
    })

    it(`reads ${RECEIPTS} receipts page by page as one scrolls, with few of them in the page`, async () => {
      await buyOne(dashboard().url)
      const { page, faults, context } = await dashboard().open('/network', SIZES.desktop)
      const { data } = await (await fetch(`${dashboard().url}/api/gateway/v1/receipts?limit=1`)).json()
      await page.route('**/api/gateway/v1/receipts?*', (route) =>
        route.fulfill({ json: pageOfMany(data[0], new URL(route.request().url()).searchParams) }),
      )
      await page.getByRole('link', { name: 'Wallet' }).click()
      await settled(page)
      const rows = page.getByRole('list', { name: 'Receipts' }).getByRole('listitem')
      await rows.first().waitFor()
      const seen = await scrollThrough(page, rows)
      await page.getByText(`${RECEIPTS} in all.`).waitFor()
      expect(seen.positions.size).toBe(RECEIPTS)
      expect(seen.mostRows).toBeLessThan(MOST_ROWS)
      console.log(`3,000 receipts: ${framesWords(seen)}`)

      await rows.last().getByRole('button').first().focus()
      await page.keyboard.press('Home')
      await expectFocusIn(page, 1)
      await page.keyboard.press('End')
      await expectFocusIn(page, RECEIPTS)
      expect(faults).toEqual([])
      await context.close()
    })
  })
}

type Named = { id: string; stoa: Record<string, unknown> }

/** Models as the gateway tells of them, again and again under other names and numbers. */
function manyModels(real: readonly Named[]): unknown[] {
  return Array.from({ length: MODELS }, (_, i) => {
    const model = real[i % real.length]
    const stoa = { ...model?.stoa, model_id: String(i + 1), title: `Number ${i + 1}` }
    return { ...model, id: `many/model-${i + 1}`, stoa }
  })
}

/** A page of many receipts, each like a real one but for its name. */
function pageOfMany(real: object, query: URLSearchParams): unknown {
  const name = (i: number) => `0x${i.toString(16).padStart(64, '0')}`
  const limit = Number(query.get('limit'))
  const after = query.get('after')
  const from = after === null ? 0 : Number(BigInt(after)) + 1
  const to = Math.min(from + limit, RECEIPTS)
  const data = Array.from({ length: to - from }, (_, i) => ({ ...real, digest: name(from + i) }))
  const hasMore = to < RECEIPTS
  return { data, has_more: hasMore, next: hasMore ? name(to - 1) : null }
}

async function buyOne(url: string): Promise<void> {
  const answer = await fetch(`${url}/api/gateway/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'stoa/embed-en', input: 'one of many' }),
  })
  expect(answer.status).toBe(200)
}

/** The place in its list, from 1, of the row that has the focus. */
function positionOfFocus(page: Page): Promise<number> {
  return page.evaluate(() => Number(document.activeElement?.closest('[aria-posinset]')?.getAttribute('aria-posinset')))
}

async function expectFocusIn(page: Page, position: number): Promise<void> {
  await expect.poll(() => positionOfFocus(page)).toBe(position)
}

function framesWords({ frameMs, mostRows }: Seen): string {
  const late = frameMs.filter((ms) => ms > 50)
  return `${frameMs.length} frames scrolled, ${late.length} of them later than 50 ms, the longest ${Math.max(...frameMs).toFixed(0)} ms; at most ${mostRows} rows in the page`
}
