import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Dashboard, violationsOf } from './dashboard.ts'
import { findingsOf } from './findingsOf.ts'

const asset = (name: string) => fileURLToPath(new URL(`../../apps/cli/assets/${name}`, import.meta.url))

const LEDGER = {
  Digest: 'right',
  Signature: 'right',
  Offer: 'right',
  Weights: 'right',
  Charge: 'right',
  'Within the voucher': 'right',
}

/** Asking: every kind of model, its answer, its price and its receipt, and the settlement. */
export function playgroundCases(dashboard: () => Dashboard): void {
  describe('playground', () => {
    it('reads a picture: text, frames, cost, a receipt that holds to the last bit, and its settlement', async () => {
      const { page, faults, context } = await dashboard().open('/playground?model=stoa%2Focr')
      await page.locator('input[type=file]').setInputFiles(asset('receipt.png'))
      await page.getByRole('button', { name: 'Ask and pay' }).click()
      const truth = (await readFile(asset('receipt.txt'), 'utf8')).trim().split('\n')
      await page.locator('ol bdi').first().waitFor()
      expect(await page.locator('ol bdi').allTextContents()).toEqual(truth)
      expect(await page.locator('svg polygon').count()).toBe(truth.length)
      expect(await findingsOf(page)).toEqual({ ...LEDGER, Request: 'right', Response: 'right' })
      expect(await violationsOf(page)).toEqual([])

      const settlement = page.getByRole('region', { name: 'Settlement' })
      await settlement.getByRole('button', { name: 'Settle now' }).click()
      await settlement.getByText('settled', { exact: true }).waitFor()
      expect(faults).toEqual([])
      await context.close()
    })

    it('generates text, the same for the same seed', async () => {
      const { page, faults, context } = await dashboard().open('/playground?model=stoa%2Fscribe')
      await page.getByLabel('Prompt').fill('Who are you?')
      await page.getByLabel('Tokens, at most').fill('12')
      await page.getByLabel('Seed').fill('7')
      const texts: (string | null)[] = []
      const receipt = page.getByRole('region', { name: 'Fields' }).getByRole('definition').first()
      for (let i = 0, before: string | null = null; i < 2; i++) {
        await page.getByLabel('Prompt').press('Control+Enter')
        // The answer before stays for a moment.
        await expect.poll(() => receipt.textContent()).not.toBe(before)
        before = await receipt.textContent()
        await page.getByText(/\d+ tokens;/).waitFor()
        texts.push(await page.locator('.whitespace-pre-wrap').textContent())
        expect(await findingsOf(page)).toEqual({ ...LEDGER, Request: 'unknown', Response: 'unknown' })
      }
      expect(texts[0]).toMatch(/\w/)
      expect(texts[1]).toBe(texts[0])
      expect(faults).toEqual([])
      await context.close()
    })

    it('embeds a text, and checks the response that it holds', async () => {
      const { page, faults, context } = await dashboard().open('/playground?model=stoa%2Fembed-en')
      await page.getByLabel('Text').fill('The porch was painted.')
      await page.getByRole('button', { name: 'Ask and pay' }).click()
      await page.getByText('512 numbers').waitFor()
      expect(await findingsOf(page)).toEqual({ ...LEDGER, Request: 'unknown', Response: 'right' })
      expect(faults).toEqual([])
      await context.close()
    })

    it('sends tensors, and checks both sides of the call', async () => {
      const { page, faults, context } = await dashboard().open('/playground?model=stoa%2Fline')
      await page.getByLabel('Tensors').fill(await readFile(asset('line.json'), 'utf8'))
      await page.getByRole('button', { name: 'Ask and pay' }).click()
      expect(await findingsOf(page)).toEqual({ ...LEDGER, Request: 'right', Response: 'right' })
      expect(faults).toEqual([])
      await context.close()
    })

    it('says what is wrong and what to try: no JSON, a ceiling too low, an amount that is none', async () => {
      const { page, context } = await dashboard().open('/playground?model=stoa%2Fline')
      await page.getByLabel('Tensors').fill('{')
      await page.getByRole('button', { name: 'Ask and pay' }).click()
      await page.getByRole('alert').getByText('This is no JSON of tensors.').waitFor()

      await page.getByLabel('Tensors').fill(await readFile(asset('line.json'), 'utf8'))
      await page.getByLabel('Pay at most').fill('0.00000001')
      await page.getByText('at most 6 decimals').waitFor()
      expect(await page.getByRole('button', { name: 'Ask and pay' }).isDisabled()).toBe(true)
      await page.getByLabel('Pay at most').fill('0.000001')
      await page.getByRole('button', { name: 'Ask and pay' }).click()
      await page.getByRole('alert').getByText('at most 1 may be paid').waitFor()
      expect(await page.getByRole('alert').textContent()).not.toMatch(/ at .*\.(js|ts)/)
      expect(await violationsOf(page)).toEqual([])
      await context.close()
    })
  })
}
