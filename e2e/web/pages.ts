import type { Page } from 'playwright-core'

/** A page of the dashboard, or a state of one; `act` brings it about. */
export type ShownPage = { name: string; path: string; act?: (page: Page) => Promise<void> }

/** Every page of the dashboard, by a name for its picture. */
export const PAGES: readonly ShownPage[] = [
  { name: 'market', path: '/' },
  { name: 'model', path: '/models/4' },
  { name: 'playground', path: '/playground' },
  { name: 'playground-answer', path: '/playground', act: askAboutSample },
  { name: 'playground-generate', path: '/playground?model=stoa%2Fscribe' },
  { name: 'playground-tensors', path: '/playground?model=stoa%2Fline' },
  { name: 'provide', path: '/provide' },
  { name: 'wallet', path: '/wallet' },
  { name: 'flow', path: '/flow' },
  { name: 'explorer', path: '/explorer' },
  { name: 'explorer-block', path: '/explorer/block/38' },
  { name: 'explorer-disputes', path: '/explorer/disputes' },
  { name: 'network', path: '/network' },
  { name: 'not-found', path: '/no/such/page' },
]

async function askAboutSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Use a sample picture' }).click()
  await page.getByRole('button', { name: 'Ask and pay' }).click()
  await page.getByText('none wrong').waitFor()
}

/** How a browser is opened at each size. */
export const SIZES = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 375, height: 760 }, hasTouch: true, isMobile: true },
} as const
export const THEMES = ['light', 'dark'] as const
