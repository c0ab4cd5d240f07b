/**
 * `npm run shots`: pictures of every page of the dashboard, in both themes, at desktop and phone width, of the real stack.
 *
 *     npm run shots              into dist/shots
 *     npm run shots -- <folder>
 */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { openDashboard, settled } from '../e2e/web/dashboard.ts'
import { PAGES, SIZES, THEMES } from '../e2e/web/pages.ts'

/** Pixels: a page without an end is shown so far. */
const MOST_HEIGHT = 4_000

/** Makes the window as high as the page: a picture beyond the window would lack the rows of lists that draw only what is near it. */
async function showWhole(page: Page): Promise<void> {
  const { width, height } = page.viewportSize() ?? SIZES.desktop.viewport
  const whole = await page.evaluate(() => document.documentElement.scrollHeight)
  await page.setViewportSize({ width, height: Math.max(height, Math.min(whole, MOST_HEIGHT)) })
  await settled(page)
}

const folder = resolve(process.argv[2] ?? 'dist/shots')
await mkdir(folder, { recursive: true })
const dashboard = await openDashboard()
try {
  for (const { name, path, act } of PAGES) {
    for (const colorScheme of THEMES) {
      for (const [size, options] of Object.entries(SIZES)) {
        const { page, context } = await dashboard.open(path, { colorScheme, ...options })
        await act?.(page)
        await showWhole(page)
        await page.screenshot({ path: join(folder, `${name}.${size}.${colorScheme}.png`) })
        await context.close()
      }
    }
  }
} finally {
  await dashboard.close()
}
console.log(`${PAGES.length * THEMES.length * Object.keys(SIZES).length} pictures in ${folder}`)
