/**
 * `npm run shots`: pictures of every page of the dashboard, in both themes, at desktop and phone width, of the real stack.
 *
 *     npm run shots              into dist/shots
 *     npm run shots -- <folder>
 */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { openDashboard } from '../e2e/web/dashboard.ts'
import { PAGES, SIZES, THEMES } from '../e2e/web/pages.ts'

const folder = resolve(process.argv[2] ?? 'dist/shots')
await mkdir(folder, { recursive: true })
const dashboard = await openDashboard()
try {
  for (const { name, path, act } of PAGES) {
    for (const colorScheme of THEMES) {
      for (const [size, options] of Object.entries(SIZES)) {
        const { page, context } = await dashboard.open(path, { colorScheme, ...options })
        await act?.(page)
        await page.screenshot({ path: join(folder, `${name}.${size}.${colorScheme}.png`), fullPage: true })
        await context.close()
      }
    }
  }
} finally {
  await dashboard.close()
}
console.log(`${PAGES.length * THEMES.length * Object.keys(SIZES).length} pictures in ${folder}`)
