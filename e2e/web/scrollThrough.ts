import type { Locator, Page } from 'playwright-core'

/** What was seen on the way from a list's beginning to its end. */
export type Seen = {
  /** Places in the list, from 1, of all rows that were in the window. */
  positions: Set<number>
  /** Rows in the page at once, at most. */
  mostRows: number
  /** Milliseconds between one frame and the next, of those in which something was scrolled. */
  frameMs: number[]
  /** Milliseconds of tasks longer than 50 ms, which keep the page from answering. */
  longTaskMs: number[]
}

/** Milliseconds for which rows that are on their way are waited for. */
const LONGEST_WAIT = 120_000

/** Scrolls from a list's beginning to its end, or to a place in it, some part of the window a frame, and waits at the end for rows that are still on their way. */
export async function scrollThrough(
  page: Page,
  rows: Locator,
  { windowsPerFrame = 0.5, places = Number.MAX_SAFE_INTEGER } = {},
): Promise<Seen> {
  await rows.first().evaluate((row) => window.scrollTo(0, row.getBoundingClientRect().top + window.scrollY - 100))
  await page.evaluate(() => window.scrollTo(0, 0))
  const { positions, ...seen } = await page.evaluate(
    async ([windows, last, longestWait]) => {
      const longTaskMs: number[] = []
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longTaskMs.push(duration)
      })
      observer.observe({ type: 'longtask' })
      const positions = new Set<number>()
      const frameMs: number[] = []
      let [mostRows, furthest, size] = [0, 0, -1]
      const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
      let before = await nextFrame()
      let moved = before
      // Rows say how many there are, once all of them are here.
      while (furthest !== size && furthest < last && before - moved < longestWait) {
        const now = await nextFrame()
        const drawn = document.querySelectorAll('[aria-posinset]')
        for (const row of drawn) {
          const { top, bottom } = row.getBoundingClientRect()
          if (bottom <= 0 || top >= window.innerHeight) continue
          const position = Number(row.getAttribute('aria-posinset'))
          positions.add(position)
          furthest = Math.max(furthest, position)
          size = Number(row.getAttribute('aria-setsize'))
        }
        mostRows = Math.max(mostRows, drawn.length)
        const old = window.scrollY
        window.scrollBy(0, window.innerHeight * windows)
        if (window.scrollY !== old) {
          frameMs.push(now - before)
          moved = now
        }
        before = now
      }
      observer.disconnect()
      return { positions: [...positions], mostRows, frameMs, longTaskMs }
    },
    [windowsPerFrame, places, LONGEST_WAIT] as const,
  )
  return { ...seen, positions: new Set(positions) }
}
