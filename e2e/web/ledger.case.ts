import { escrowAbi } from '@stoa/protocol/abi'
import type { Locator } from 'playwright-core'
import { createPublicClient, http, parseUnits } from 'viem'
import { beforeAll, describe, expect, it } from 'vitest'
import { stoaJson, until } from '../cli/stoa.ts'
import { type Dashboard, overflowOf, settled, violationsOf } from './dashboard.ts'

/** Value flow and explorer: what they say is what the chain says, read here without the index. */
export function ledgerCases(dashboard: () => Dashboard): void {
  describe('value flow and explorer', () => {
    let home: {
      token: { decimals: number }
      deployment: { escrow: `0x${string}` }
      accounts: { payer: string; provider: string }
    }
    /** What the chain's own logs have of settlements. */
    let chain: {
      paid: bigint
      last: { transactionHash: string; blockNumber: bigint; args: { offerId?: string | undefined } }
    }

    beforeAll(async () => {
      home = await (await fetch(`${dashboard().url}/api/home`)).json()
      for (const input of ['one', 'two'])
        await fetch(`${dashboard().url}/api/gateway/v1/embeddings`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'stoa/embed-en', input }),
        })
      await stoaJson(dashboard().home, 'settle')
      const client = createPublicClient({ transport: http(`${dashboard().url}/api/chain`) })
      const logs = await client.getContractEvents({
        ...{ abi: escrowAbi, address: home.deployment.escrow, eventName: 'Settled', fromBlock: 0n },
      })
      const last = logs.at(-1)
      if (!last) throw new Error('nothing was settled')
      chain = { paid: logs.reduce((sum, { args }) => sum + (args.paid ?? 0n), 0n), last }
      await indexedTo(Number(last.blockNumber))
    })

    /** Waits until the index has a block, so that what pages lack is theirs to answer for. */
    function indexedTo(block: number): Promise<void> {
      return until(
        async () => (await (await fetch(`${dashboard().url}/api/index/status`)).json()).chain.block.number >= block,
      )
    }

    /** Wei of amounts, which the page shows in whole tokens without leaving a digit out. */
    async function weiOf(amounts: Locator): Promise<bigint[]> {
      const texts = await amounts.allTextContents()
      return texts.map((text) => parseUnits(text.replace(/[^\d.]/g, ''), home.token.decimals))
    }

    it('shows every wei that was paid, in and out, and the same in picture and table', async () => {
      const { page, faults, context } = await dashboard().open('/flow')
      for (const title of ['What came in', 'Where it went']) {
        const table = page.getByRole('table', { name: title })
        await table.waitFor()
        const rows = await weiOf(table.locator('tbody td span[tabindex]'))
        const [total] = await weiOf(table.locator('tfoot span[tabindex]'))
        expect(rows.reduce((sum, wei) => sum + wei, 0n)).toBe(total)
        expect(total).toBe(chain.paid)
      }
      expect(await page.locator('main svg path').count()).toBeGreaterThan(3)
      await page.getByLabel('Period').selectOption('today')
      await page.waitForURL(/period=today/)
      await page.goBack()
      await page.waitForURL(/flow$/)
      expect(faults).toEqual([])
      await context.close()
    })

    it('tells events in words, and leads from each to its transaction, block, account, offer and model', async () => {
      const { page, faults, context } = await dashboard().open('/explorer')
      const events = page.getByRole('list', { name: 'Events' })
      await events.getByText('paid').first().waitFor()
      await events.getByRole('link', { name: /^0x/ }).first().click()
      await page.getByRole('heading', { name: 'Transaction' }).waitFor()
      await page.getByText('succeeded').waitFor()
      expect(page.url()).toContain(chain.last.transactionHash)
      expect(await violationsOf(page)).toEqual([])
      await page
        .getByRole('link', { name: String(chain.last.blockNumber) })
        .first()
        .click()
      await page.getByRole('heading', { name: `Block ${chain.last.blockNumber}` }).waitFor()
      await events
        .getByRole('link', { name: /^offer/ })
        .first()
        .click()
      await page.getByRole('heading', { name: 'Offer', exact: true }).waitFor()
      await page.getByText('A wrong answer costs').waitFor()
      expect(await violationsOf(page)).toEqual([])
      await page.getByRole('link', { name: 'you, as provider' }).click()
      await page.getByRole('heading', { name: 'Account: you, as provider' }).waitFor()
      await page.getByText('What it did').waitFor()
      await settled(page)
      expect(await violationsOf(page)).toEqual([])
      expect(faults).toEqual([])
      await context.close()
    })

    it('looks up hashes, addresses, numbers and names, by keyboard alone', async () => {
      const { page, faults, context } = await dashboard().open('/explorer')
      const lookUp = async (text: string) => {
        await page.goto(`${dashboard().url}/explorer`)
        await settled(page)
        await page.keyboard.press('/')
        await page.keyboard.type(text)
        await page.keyboard.press('Enter')
      }
      await lookUp(chain.last.transactionHash)
      await page.getByRole('heading', { name: 'Transaction' }).waitFor()
      await lookUp(home.accounts.payer.toLowerCase())
      await page.getByRole('heading', { name: 'Account: your gateway' }).waitFor()
      await lookUp(chain.last.args.offerId ?? '')
      await page.getByRole('heading', { name: 'Offer', exact: true }).waitFor()
      await lookUp(String(chain.last.blockNumber))
      await page.getByRole('heading', { name: `Block ${chain.last.blockNumber}` }).waitFor()
      // A block and a model: both are offered.
      await lookUp('1')
      await page.getByRole('link', { name: /^block/i }).waitFor()
      await page.getByRole('link', { name: /^model/i }).waitFor()
      await lookUp('embed-en')
      await page.waitForURL(/models.\d+$/)
      await lookUp('<img src=x onerror=alert(1)>\u202e')
      await page.getByText('Nothing is known by that').waitFor()
      expect(await violationsOf(page)).toEqual([])
      await lookUp(`0x${'12'.repeat(32)}`)
      await page.getByText('Nothing is known by that').waitFor()
      expect(faults).toEqual([])
      await context.close()
    })

    it('says what is not there, and what happened where the index is gone', async () => {
      const { page, context } = await dashboard().open(`/explorer/tx/0x${'12'.repeat(32)}`)
      await page.getByText('This chain has no such transaction').waitFor()
      await page.goto(`${dashboard().url}/explorer/block/999999`)
      await page.getByText('There is no such block yet').waitFor()
      await page.goto(`${dashboard().url}/explorer/disputes/7`)
      await page.getByText('There is no such dispute').waitFor()
      await page.goto(`${dashboard().url}/explorer/address/0x12`)
      await page.getByText('There is nothing at this address').waitFor()
      await page.goto(`${dashboard().url}/explorer/disputes`)
      await page.getByText('Nobody disputed an answer yet').waitFor()
      await page.route('**/api/index/**', (route) => route.abort())
      for (const path of ['/explorer', '/flow']) {
        await page.goto(`${dashboard().url}${path}`)
        await page.getByRole('alert').first().waitFor()
        await page.getByText('Nothing is lost').first().waitFor()
        expect(await violationsOf(page)).toEqual([])
      }
      await context.close()
    })

    it('fits a phone on every page of the explorer', async () => {
      const { page, context } = await dashboard().open('/explorer', { viewport: { width: 375, height: 760 } })
      const { transactionHash: hash, blockNumber: block, args } = chain.last
      const pages = [`tx/${hash}`, `block/${block}`, `address/${home.accounts.provider}`, `offer/${args.offerId}`]
      for (const path of pages) {
        await page.goto(`${dashboard().url}/explorer/${path}`)
        await settled(page)
        expect([path, (await overflowOf(page)) > 0]).toEqual([path, false])
      }
      await context.close()
    })
  })
}
