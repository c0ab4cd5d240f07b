import { DEVELOPMENT_KEYS, fundAccount } from '@stoa/localnet'
import { escrowAbi, providerRegistryAbi } from '@stoa/protocol/abi'
import { createChainClient, type Deployment, settlePayments, signPayment } from '@stoa/sdk'
import type { Locator } from 'playwright-core'
import { createPublicClient, type Hex, http, parseUnits } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { beforeAll, describe, expect, it } from 'vitest'
import { stoaJson, until } from '../cli/stoa.ts'
import { type Dashboard, overflowOf, settled, violationsOf } from './dashboard.ts'

/** Wei that are paid by a signed transfer. */
const SIGNED = 70_000n

/** Value flow and explorer: what they say is what the chain says, read here without the index. */
export function ledgerCases(dashboard: () => Dashboard): void {
  describe('value flow and explorer', () => {
    let home: {
      token: { decimals: number }
      deployment: Deployment
      parts: { name: string; url: string }[]
      accounts: { payer: string; provider: string }
    }
    /** Who paid with no deposit, and for which offer. */
    let signed: { payer: Hex; offerId: Hex }
    /** What the chain's own logs have of payments. */
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
      const client = createPublicClient({ transport: http(`${dashboard().url}/api/chain`) })
      signed = await payBySignature(client)
      await stoaJson(dashboard().home, 'settle')
      const logs = await client.getContractEvents({
        ...{ abi: escrowAbi, address: home.deployment.escrow, eventName: 'Settled', fromBlock: 0n },
      })
      const direct = await client.getContractEvents({
        ...{ abi: escrowAbi, address: home.deployment.escrow, eventName: 'OfferPaid', fromBlock: 0n },
      })
      const last = logs.at(-1)
      if (!last) throw new Error('nothing was settled')
      const amounts = [...logs.map(({ args }) => args.paid), ...direct.map(({ args }) => args.amount)]
      chain = { paid: amounts.reduce<bigint>((sum, amount) => sum + (amount ?? 0n), 0n), last }
      await indexedTo(Number(last.blockNumber))
    })

    /** A stranger pays the first offer by a transfer that it signs and another account sends. */
    async function payBySignature(client: Parameters<typeof signPayment>[0]): Promise<typeof signed> {
      const { deployment, parts } = home
      const account = privateKeyToAccount(generatePrivateKey())
      const rpcUrl = parts.find(({ name }) => name === 'chain')?.url ?? ''
      const faucet = { account: privateKeyToAccount(DEVELOPMENT_KEYS[0]), chainId: deployment.chainId, rpcUrl }
      const sender = createChainClient(faucet)
      await fundAccount(sender, { deployment, to: account.address, wei: 0n, usd: SIGNED })
      const address = deployment.providerRegistry
      const made = { abi: providerRegistryAbi, address, eventName: 'OfferCreated', fromBlock: 0n } as const
      const [offer] = await createPublicClient({ transport: http(rpcUrl) }).getContractEvents(made)
      const offerId = offer?.args.offerId ?? '0x'
      const payment = await signPayment(client, { deployment, offerId, account, amount: SIGNED })
      await settlePayments(sender, { deployment, payments: [payment] })
      return { payer: account.address, offerId }
    }

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

    it('says of a signed transfer who paid, in the flow, on the offer’s page and on the payer’s', async () => {
      const { page, faults, context } = await dashboard().open('/flow')
      const short = new RegExp(signed.payer.slice(0, 6), 'i')
      await page.getByRole('table', { name: 'What came in' }).getByRole('link', { name: short }).waitFor()
      await page.goto(`${dashboard().url}/explorer/offer/${signed.offerId}`)
      const section = page.getByRole('region', { name: 'Paid without a deposit' })
      await section.getByRole('link', { name: short }).click()
      await page.waitForURL(new RegExp(signed.payer, 'i'))
      await section.getByText('by signed transfer').waitFor()
      await page.getByText('Spent on answers').locator('..').getByText('0.07').waitFor()
      await settled(page)
      expect(await violationsOf(page)).toEqual([])
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
