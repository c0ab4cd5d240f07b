import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Dashboard } from './dashboard.ts'
import { SIZES } from './pages.ts'

/** What the first page may weigh, scripts and styles as they are sent. */
const BUDGET_BYTES = 350_000

type Figures = { largestPaintMs: number; shift: number; blockedMs: number }

/** How fast it is, from the browser itself. Sizes and shifts are held to; times depend on what else the machine does, and are told. */
export function figureCases(dashboard: () => Dashboard): void {
  describe('figures', () => {
    it.each(['/', '/playground', '/network'])('%s comes light, and does not move once it is there', async (path) => {
      const { page, context } = await dashboard().open('about:blank', SIZES.desktop)
      let bytes = 0
      page.on('requestfinished', async (request) => {
        if (!/\/assets\/.*\.(js|css)$/.test(request.url())) return
        const { responseBodySize } = await request.sizes()
        bytes += responseBodySize
      })
      await page.addInitScript(observe)
      await page.goto(dashboard().url + path)
      await page.waitForLoadState('networkidle')
      await page.waitForTimeout(500)
      const { largestPaintMs, shift, blockedMs } = await figuresOf(page)
      console.log(
        `${path}: largest paint ${largestPaintMs.toFixed(0)} ms, blocked ${blockedMs.toFixed(0)} ms, shift ${shift.toFixed(3)}, ${(bytes / 1000).toFixed(0)} kB`,
      )
      expect(bytes).toBeGreaterThan(0)
      expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES)
      // Up to 0.1 counts as good (web.dev, "Cumulative Layout Shift").
      expect(shift).toBeLessThan(0.1)
      await context.close()
    })
  })
}

/** Runs in the page, before anything else: collects what the browser measures. */
function observe(): void {
  const figures: Figures = { largestPaintMs: 0, shift: 0, blockedMs: 0 }
  Object.assign(globalThis, { figures })
  const watch = (
    type: string,
    take: (entry: PerformanceEntry & { value?: number; hadRecentInput?: boolean }) => void,
  ) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true })
  watch('largest-contentful-paint', ({ startTime }) => {
    figures.largestPaintMs = startTime
  })
  watch('layout-shift', ({ value = 0, hadRecentInput }) => {
    if (!hadRecentInput) figures.shift += value
  })
  // What of a task is beyond 50 ms keeps the page from answering (total blocking time).
  watch('longtask', ({ duration }) => {
    figures.blockedMs += duration - 50
  })
}

function figuresOf(page: Page): Promise<Figures> {
  return page.evaluate(() => (globalThis as unknown as { figures: Figures }).figures)
}
