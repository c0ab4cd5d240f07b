import { readFile } from 'node:fs/promises'
import { DEVELOPMENT_KEYS } from '@stoa/localnet'
import type { Page } from 'playwright-core'
import { privateKeyToAddress } from 'viem/accounts'
import { beforeAll, describe, expect, it } from 'vitest'
import { stoaJson } from '../cli/stoa.ts'
import { type Dashboard, overflowOf, settled, violationsOf } from './dashboard.ts'
import { injectWallet } from './injectWallet.ts'
import { rpcOf } from './rpcOf.ts'
import { deposit, heldBy, signWithMoney, weiOf } from './walletPage.ts'

/** Unlocked by the development chain, so that a wallet in a test need hold no key. */
const INJECTED = privateKeyToAddress(DEVELOPMENT_KEYS[2])

/** The wallet: money in, signed in the browser, and what was bought. Money out takes two days: past.test.ts. */
export function walletCases(dashboard: () => Dashboard): void {
  describe('wallet', () => {
    beforeAll(async () => {
      for (const input of ['one', 'two', 'three']) await embed(input)
      // Nothing is owed then, so that no settlement moves a balance that is looked at here.
      await stoaJson(dashboard().home, 'settle')
    })

    async function embed(input: string): Promise<void> {
      expect(await statusOfEmbedding(input)).toBe(200)
    }

    async function statusOfEmbedding(input: string, key?: string): Promise<number> {
      const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) }
      const init = { method: 'POST', headers, body: JSON.stringify({ model: 'stoa/embed-en', input }) }
      return (await fetch(`${dashboard().url}/api/gateway/v1/embeddings`, init)).status
    }

    it('takes test money, deposits it for the gateway, and shows the balance to the wei', async () => {
      const { page, faults, context } = await dashboard().open('/wallet')
      const held = await signWithMoney(page)
      const before = await weiOf(page, 'On deposit')
      await deposit(page, '5.000001')
      await expect.poll(() => weiOf(page, 'On deposit')).toBe(before + 5_000_001n)
      expect(await violationsOf(page)).toEqual([])
      expect(faults).toEqual([])
      // Who signed is remembered, and asked nothing.
      await page.reload()
      await expect.poll(() => heldBy(page)).toBe(held - 5_000_001n)
      await context.close()
    })

    it('signs with a wallet that announces itself, and says so when its person declines', async () => {
      const { page, faults, context } = await dashboard().open('/network')
      const wallet = await injectWallet(page, { account: INJECTED, rpc: await rpcOf(dashboard().url) })
      await page.goto(`${dashboard().url}/wallet`)
      await settled(page)
      // A stranger's name is words and nothing more, and its icon is not fetched.
      await page.getByRole('button', { name: 'Colonnade <b>txt.exe' }).click()
      const held = await heldBy(page)
      await page.getByRole('button', { name: 'Get 100 tUSD' }).click()
      await expect.poll(() => heldBy(page)).toBe(held + 100_000_000n)
      const before = await weiOf(page, 'On deposit')
      await page.getByLabel('Amount, in tUSD').first().fill('7')
      wallet.decline()
      await page.getByRole('button', { name: 'Deposit', exact: true }).click()
      await page.getByText('Nothing was sent.').waitFor()
      expect(await weiOf(page, 'On deposit')).toBe(before)
      wallet.accept()
      await page.getByRole('button', { name: 'Deposit', exact: true }).click()
      await page.getByText('7 tUSD deposited.').waitFor()
      await expect.poll(() => weiOf(page, 'On deposit')).toBe(before + 7_000_000n)
      expect(await violationsOf(page)).toEqual([])
      expect(faults).toEqual([])
      await context.close()
    })

    it('lists, filters, opens and exports receipts, all of it in the address', async () => {
      const { data: kept } = await (await fetch(`${dashboard().url}/api/gateway/v1/receipts?limit=100`)).json()
      const ofModel = kept.filter(({ model }: { model: string }) => model === 'stoa/embed-en')
      const { page, faults, context } = await dashboard().open('/wallet')
      const list = page.getByRole('list', { name: 'Receipts' })
      await page.getByText(`${kept.length} in all.`).waitFor()
      await page.getByLabel('Model').selectOption('stoa/embed-en')
      await page.getByText(`${ofModel.length} in all.`).waitFor()
      await list
        .getByRole('button', { name: /^Receipt/ })
        .first()
        .click()
      await page.getByText('right, none wrong').waitFor()
      expect(new URL(page.url()).searchParams.get('model')).toBe('stoa/embed-en')
      expect(new URL(page.url()).searchParams.get('receipt')).toBe(ofModel[0].digest)
      expect(await violationsOf(page)).toEqual([])
      const json = JSON.parse(await exported(page, 'JSON'))
      const signed = ({ charge, signature }: Record<string, string>) => [charge, signature]
      expect(json.map(signed)).toEqual(ofModel.map(signed))
      const csv = await exported(page, 'CSV')
      expect(csv.trim().split('\r\n')).toHaveLength(1 + ofModel.length)
      await page.goBack()
      await page.getByText(`${kept.length} in all.`).waitFor()
      expect(faults).toEqual([])
      await context.close()
    })

    it('makes a key within budgets, shows it once and what it spends, and ends it', async () => {
      const { page, faults, context } = await dashboard().open('/wallet')
      const form = page.getByRole('form', { name: 'New key' })
      await form.getByLabel('Name of the caller').fill('<b>app</b>')
      await form.getByLabel('A day, at most').fill('0.0000001')
      await form.getByText('is not an amount of tUSD').waitFor()
      await form.getByLabel('A day, at most').fill('0.5')
      await form.getByLabel('In all, at most').fill('0.001')
      await form.getByRole('button', { name: 'Make a key' }).click()
      const key = (await page.getByText(/^stoa_[\w-]{43}$/).textContent()) ?? ''
      expect(await violationsOf(page)).toEqual([])
      await page.getByRole('button', { name: 'I have it' }).click()
      await page.getByText(key).waitFor({ state: 'detached' })
      const row = page
        .getByRole('list', { name: 'Keys' })
        .getByRole('listitem')
        .filter({ hasText: key.slice(0, 9) })
      await row.getByText('<b>app</b>').waitFor()

      expect(await statusOfEmbedding('within', key)).toBe(200)
      await expect.poll(() => row.textContent()).toMatch(/In all0\.0000\d+ tUSDof 0\.001 tUSD/)
      expect(await violationsOf(page)).toEqual([])

      await row.getByRole('button', { name: 'Revoke <b>app</b>' }).click()
      await row.getByRole('button', { name: 'Revoke <b>app</b> for good' }).click()
      await row.getByText('revoked').waitFor()
      expect(await statusOfEmbedding('after', key)).toBe(401)
      expect(faults).toEqual([])
      await context.close()
    })

    it('says what to do where there is nothing, and what happened where a part is gone', async () => {
      const { page, context } = await dashboard().open('/wallet?account=0x00000000000000000000000000000000000000a1')
      await page.getByText('Nothing was settled in this time').waitFor()
      expect(await weiOf(page, 'On deposit')).toBe(0n)
      await page.goto(`${dashboard().url}/wallet?model=${encodeURIComponent('<script>alert(1)</script>')}&days=5`)
      await page.getByText('No receipt is like that').waitFor()
      await page.route('**/api/index/**', (route) => route.abort())
      await page.route('**/api/gateway/v1/receipts*', (route) => route.abort())
      await page.goto(`${dashboard().url}/wallet`)
      await page.getByText('can’t be asked').or(page.getByText("can't be asked")).first().waitFor()
      await page.getByText('Stoa does not answer.').waitFor()
      expect(await violationsOf(page)).toEqual([])
      await context.close()
    })

    it('works by keyboard alone, on a phone', async () => {
      const { page, context } = await dashboard().open('/wallet', { viewport: { width: 375, height: 760 } })
      const press = async (button: string) => {
        await page.getByRole('button', { name: button }).focus()
        await page.keyboard.press('Enter')
      }
      await press('Development account')
      await page.getByText('Development account signs with').waitFor()
      const held = await heldBy(page)
      await press('Get 100 tUSD')
      await expect.poll(() => heldBy(page)).toBe(held + 100_000_000n)
      await page.getByLabel('Amount, in tUSD').first().focus()
      await page.keyboard.type('1')
      await page.keyboard.press('Enter')
      await page.getByText('1 tUSD deposited.').waitFor()
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
      await context.close()
    })
  })
}

async function exported(page: Page, format: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Export ${format}` }).click(),
  ])
  return readFile(await download.path(), 'utf8')
}
