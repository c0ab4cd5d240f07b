import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { stoaJson } from '../cli/stoa.ts'
import { type Dashboard, settled } from './dashboard.ts'
import { findingsOf } from './findingsOf.ts'
import { deposit, signWithMoney, weiOf } from './walletPage.ts'

const asset = (name: string) => fileURLToPath(new URL(`../../apps/cli/assets/${name}`, import.meta.url))

/** What the dashboard is for, in one go, as a person without a terminal would do it: by what can be seen and pressed. */
export function mainJobCases(dashboard: () => Dashboard): void {
  describe('the main job', () => {
    it('deposits, asks, takes the receipt apart, sees it settled, and finds it in the wallet and where value flows', async () => {
      // Nothing is owed then: what moves from here on is this test's.
      await stoaJson(dashboard().home, 'settle')
      const { page, faults, context } = await dashboard().open('/')
      const go = (name: string) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click()

      await go('Wallet')
      await signWithMoney(page)
      const before = await weiOf(page, 'On deposit')
      await deposit(page, '4')
      await expect.poll(() => weiOf(page, 'On deposit')).toBe(before + 4_000_000n)

      await go('Market')
      await page.getByRole('link', { name: 'stoa/ocr', exact: true }).click()
      await page.getByRole('link', { name: 'Ask it' }).click()
      await page.locator('input[type=file]').setInputFiles(asset('receipt.png'))
      await page.getByRole('button', { name: 'Ask and pay' }).click()
      const truth = (await readFile(asset('receipt.txt'), 'utf8')).trim().split('\n')
      await page.locator('ol bdi').first().waitFor()
      expect(await page.locator('ol bdi').allTextContents()).toEqual(truth)

      const findings = Object.values(await findingsOf(page))
      expect(findings.length).toBeGreaterThanOrEqual(8)
      expect(new Set(findings)).toEqual(new Set(['right']))
      const charge = await weiOf(page, 'Cost')
      const fields = page.getByRole('region', { name: 'Fields' })
      expect(await fields.getByRole('definition').count()).toBeGreaterThanOrEqual(15)

      const settlement = page.getByRole('region', { name: 'Settlement' })
      await settlement.getByText('waits').waitFor()
      await settlement.getByRole('button', { name: 'Settle now' }).click()
      await settlement.getByText('settled', { exact: true }).waitFor()
      const where = settlement.getByRole('link', { name: /^0x/ })
      await where.waitFor()
      const transaction = await where.getAttribute('title')

      await where.click()
      await page.getByRole('heading', { name: 'Transaction' }).waitFor()
      expect(page.url()).toContain(transaction)
      await page.getByText('settleBatch').or(page.getByText('settle')).first().waitFor()
      await page.getByRole('list', { name: 'Events' }).getByText('paid').first().waitFor()

      await go('Wallet')
      await expect.poll(() => weiOf(page, 'On deposit')).toBe(before + 4_000_000n - charge)
      await page
        .getByRole('list', { name: 'Receipts' })
        .getByRole('button', { name: /^Receipt/ })
        .first()
        .click()
      await settled(page)
      await page.getByRole('region', { name: 'Settlement' }).getByText('settled', { exact: true }).waitFor()
      const spending = page.getByRole('table', { name: 'Spending by model in this time' })
      await spending.getByRole('cell', { name: 'stoa/ocr' }).waitFor()

      await go('Value flow')
      const cameIn = page.getByRole('table', { name: 'What came in' })
      await cameIn.getByRole('row', { name: /your gateway.*stoa\/ocr/ }).waitFor()
      expect(faults).toEqual([])
      await context.close()
    })
  })
}
