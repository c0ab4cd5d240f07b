import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { type Dashboard, settled } from './dashboard.ts'
import { pauseService } from './pauseService.ts'

/** What people are used to: keyboard, back button, links that can be sent, a theme that stays. */
export function habitCases(dashboard: () => Dashboard): void {
  describe('habits', () => {
    it('goes from the market to an answer by keyboard alone', async () => {
      const { page, faults, context } = await dashboard().open('/')
      await page.keyboard.press('Tab')
      expect(await focused(page)).toBe('Skip to the page')
      await page.keyboard.press('/')
      await page.keyboard.type('embed')
      await page.waitForURL('**/?q=embed')
      await tabTo(page, 'stoa/embed-en')
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name: 'Ask it' }).waitFor()
      await settled(page)
      await tabTo(page, 'Ask it')
      await page.keyboard.press('Enter')
      await page.getByLabel('Text').waitFor()
      await settled(page)
      await tabTo(page, 'Text')
      await page.keyboard.type('Philosophers taught in the open.')
      await tabTo(page, 'Ask and pay')
      await page.keyboard.press('Enter')
      await page.getByText('512 numbers').waitFor()
      expect(faults).toEqual([])
      await context.close()
    })

    it('shows the exact amount and the whole hash where the keyboard is, and lets them go with Escape', async () => {
      const { page, context } = await dashboard().open('/models/1')
      await page.locator('span[tabindex="0"]', { hasText: 'tUSD' }).first().focus()
      const tip = page.getByRole('tooltip').first()
      await tip.waitFor()
      expect(await tip.textContent()).toMatch(/^[\d\s]+ wei of tUSD/)
      await page.keyboard.press('Escape')
      await tip.waitFor({ state: 'detached' })
      await context.close()
    })

    it('keeps filters in the address, and takes them back with the back button', async () => {
      const { page, context } = await dashboard().open('/')
      const all = await page.locator('article').count()
      await page.getByLabel('Proof').selectOption('exact')
      await page.waitForURL('**/?proof=exact')
      await expect.poll(() => page.locator('article').count()).toBeLessThan(all)
      const shown = () => page.locator('article h2').allTextContents()
      const names = (await shown()).toSorted()
      await page.getByLabel('Sort by').selectOption('name')
      await page.waitForURL('**/?proof=exact&sort=name')
      await expect.poll(shown).toEqual(names)
      const address = page.url()
      await page.goBack()
      await page.goBack()
      await page.waitForFunction((count) => document.querySelectorAll('article').length === count, all)
      await page.goto(address)
      await settled(page)
      await expect.poll(shown).toEqual(names)
      await context.close()
    })

    it('says so where nothing is found, and shows all again', async () => {
      const { page, context } = await dashboard().open('/?q=nothing-like-this')
      await page.getByRole('button', { name: 'Show all models' }).click()
      await page.locator('article').first().waitFor()
      await context.close()
    })

    it('shows what is known while a part hangs, and says of that part that it does', async () => {
      const { page, faults, context } = await dashboard().open('/')
      const row = (role: string) => page.getByRole('listitem').filter({ hasText: role })
      const goOn = await pauseService(dashboard().home, 'node')
      try {
        await page.goto(`${dashboard().url}/network`)
        for (const role of ['buys for you', 'the ledger: contracts', 'events as tables'])
          await row(role)
            .getByText(/^answers in/)
            .waitFor()
        await row('sells your models').getByText('It did not answer in 2 seconds.').waitFor()
        // Nobody waits for it who does not need it.
        await page.getByRole('link', { name: 'Market' }).click()
        await page.locator('article').first().waitFor()
      } finally {
        goOn()
      }
      await page.goto(`${dashboard().url}/network`)
      await row('sells your models')
        .getByText(/^answers in/)
        .waitFor()
      expect(faults).toEqual([])
      await context.close()
    })

    it('remembers the theme that was chosen', async () => {
      const { page, context } = await dashboard().open('/', { colorScheme: 'light' })
      await page.getByRole('button', { name: /Theme: system/ }).click()
      await page.getByRole('button', { name: /Theme: light/ }).click()
      expect(await themeOf(page)).toBe('dark')
      await page.reload()
      await settled(page)
      expect(await themeOf(page)).toBe('dark')
      await context.close()
    })
  })
}

const themeOf = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)

/** What the focused element is called. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    const label =
      element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement ? element.labels?.[0] : null
    return (label ?? element)?.textContent?.trim() ?? ''
  })
}

/** Presses Tab until what is focused has that name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 60; i++) {
    if ((await focused(page)) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to "${name}".`)
}
