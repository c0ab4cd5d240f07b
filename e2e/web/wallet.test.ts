// The wallet's page against the real stack: money in and out, signed in the browser, and what was bought.
import { readFile } from 'node:fs/promises'
import { DEVELOPMENT_KEYS } from '@stoa/localnet'
import type { Page } from 'playwright-core'
import { parseUnits } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Dashboard, openDashboard, overflowOf, START_TIMEOUT, settled, violationsOf } from './dashboard.ts'
import { injectWallet } from './injectWallet.ts'

let dashboard: Dashboard
let rpcUrl: string

const DEVELOPMENT = privateKeyToAddress(DEVELOPMENT_KEYS[1])
/** Unlocked by the development chain, so that a wallet in a test need hold no key. */
const INJECTED = privateKeyToAddress(DEVELOPMENT_KEYS[2])

/** A machine under test has much to do: a look is worth a while. */
const PATIENCE = { timeout: 20_000 }

beforeAll(async () => {
  dashboard = await openDashboard()
  const { parts } = await (await fetch(`${dashboard.url}/api/home`)).json()
  rpcUrl = parts.find(({ name }: { name: string }) => name === 'chain').url
  for (const input of ['one', 'two', 'three']) await ask('/v1/embeddings', { model: 'stoa/embed-en', input })
}, START_TIMEOUT)
afterAll(() => dashboard?.close())

async function ask(path: string, body: unknown) {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(body) }
  const answer = await fetch(`${dashboard.url}/api/gateway${path}`, init)
  expect(answer.status).toBe(200)
  return answer.json()
}

async function rpc(method: string, ...params: unknown[]) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const answer = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return (await answer.json()).result
}

/** A named amount of the page, in wei, as its hint says. */
async function weiOf(page: Page, name: string): Promise<bigint> {
  const value = page.locator('dt', { hasText: name }).locator('xpath=following-sibling::dd').locator('span[tabindex]')
  await value.focus()
  const text = await page.getByRole('tooltip').textContent()
  await page.keyboard.press('Escape')
  return BigInt(text?.split(' wei')[0]?.replace(/\D/g, '') ?? '')
}

/** What the account that signs holds, in wei. */
async function heldBy(page: Page): Promise<bigint> {
  const text = await page.getByText(/^The account that signs holds/).textContent()
  return parseUnits(text?.replace(/[^\d.]/g, '').replace(/\.$/, '') ?? '', 6)
}

it('takes test money, deposits it for the gateway, and shows the balance to the wei', async () => {
  const { page, faults, context } = await dashboard.open('/wallet')
  await page.getByRole('button', { name: 'Development account' }).click()
  const held = await heldBy(page)
  await page.getByRole('button', { name: 'Get 100 tUSD' }).click()
  await expect.poll(() => heldBy(page), PATIENCE).toBe(held + 100_000_000n)
  const before = await weiOf(page, 'On deposit')
  await page.getByLabel('Amount, in tUSD').first().fill('5.000001')
  await page.getByRole('button', { name: 'Deposit', exact: true }).click()
  await page.getByText('5.000001 tUSD deposited.').waitFor()
  await expect.poll(() => weiOf(page, 'On deposit'), PATIENCE).toBe(before + 5_000_001n)
  expect(await violationsOf(page)).toEqual([])
  expect(faults).toEqual([])
  // Who signed is remembered, and asked nothing.
  await page.reload()
  await expect.poll(() => heldBy(page), PATIENCE).toBe(held + 94_999_999n)
  await context.close()
})

it('announces, cancels, announces again, waits and withdraws from a deposit of one’s own', async () => {
  const { page, faults, context } = await dashboard.open(`/wallet?account=${DEVELOPMENT}`)
  await page.getByRole('button', { name: 'Development account' }).click()
  const held = await heldBy(page)
  await page.getByRole('button', { name: 'Get 100 tUSD' }).click()
  await expect.poll(() => heldBy(page), PATIENCE).toBe(held + 100_000_000n)
  await page.getByLabel('Amount, in tUSD').first().fill('3')
  await page.getByRole('button', { name: 'Deposit', exact: true }).click()
  await page.getByText('3 tUSD deposited.').waitFor()
  const announced = page.getByLabel('Announce a withdrawal')
  await announced.getByLabel('Amount, in tUSD').fill('3.5')
  await page.getByText('There are 3 tUSD on deposit.').waitFor()
  await announced.getByLabel('Amount, in tUSD').fill('2')
  await announced.getByRole('button').click()
  await page.getByText('2 tUSD announced.').waitFor()
  expect(await page.getByRole('button', { name: 'Withdraw', exact: true }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Cancel it' }).click()
  await page.getByText('Cancelled: it stays.').waitFor()
  await announced.getByLabel('Amount, in tUSD').fill('2')
  await announced.getByRole('button').click()
  await page.getByText('2 tUSD announced.').waitFor()
  await rpc('evm_increaseTime', 48 * 3_600)
  await rpc('evm_mine')
  await page.getByText('can leave now').waitFor()
  await page.getByRole('button', { name: 'Withdraw', exact: true }).click()
  await page.getByText('2 tUSD left the deposit.').waitFor()
  await expect.poll(() => weiOf(page, 'On deposit'), PATIENCE).toBe(1_000_000n)
  expect(faults).toEqual([])
  await context.close()
})

it('signs with a wallet that announces itself, and says so when its person declines', async () => {
  const { page, faults, context } = await dashboard.open('/network')
  const wallet = await injectWallet(page, { account: INJECTED, rpc })
  await page.goto(`${dashboard.url}/wallet`)
  await settled(page)
  // A stranger's name is words and nothing more, and its icon is not fetched.
  await page.getByRole('button', { name: 'Colonnade <b>txt.exe' }).click()
  await page.getByRole('button', { name: 'Get 100 tUSD' }).click()
  await page.getByText('holds 100 tUSD').waitFor()
  const before = await weiOf(page, 'On deposit')
  await page.getByLabel('Amount, in tUSD').first().fill('7')
  wallet.decline()
  await page.getByRole('button', { name: 'Deposit', exact: true }).click()
  await page.getByText('Nothing was sent.').waitFor()
  expect(await weiOf(page, 'On deposit')).toBe(before)
  wallet.accept()
  await page.getByRole('button', { name: 'Deposit', exact: true }).click()
  await page.getByText('7 tUSD deposited.').waitFor()
  await expect.poll(() => weiOf(page, 'On deposit'), PATIENCE).toBe(before + 7_000_000n)
  expect(await violationsOf(page)).toEqual([])
  expect(faults).toEqual([])
  await context.close()
})

it('lists, filters, opens and exports receipts, all of it in the address', async () => {
  const { data: kept } = await (await fetch(`${dashboard.url}/api/gateway/v1/receipts?limit=100`)).json()
  const { page, faults, context } = await dashboard.open('/wallet')
  const list = page.getByRole('list', { name: 'Receipts' })
  await expect.poll(() => list.getByRole('listitem').count(), PATIENCE).toBe(kept.length)
  await page.getByLabel('Model').selectOption('stoa/embed-en')
  await expect.poll(() => list.getByRole('listitem').count(), PATIENCE).toBe(3)
  await list
    .getByRole('button', { name: /^Receipt/ })
    .first()
    .click()
  await page.getByText('right, none wrong').waitFor()
  expect(new URL(page.url()).searchParams.get('model')).toBe('stoa/embed-en')
  expect(new URL(page.url()).searchParams.get('receipt')).toBe(kept[0].digest)
  expect(await violationsOf(page)).toEqual([])
  const json = JSON.parse(await exported(page, 'JSON'))
  const ofModel = kept.filter(({ model }: { model: string }) => model === 'stoa/embed-en')
  expect(json.map(({ charge, signature }: Record<string, string>) => [charge, signature])).toEqual(
    ofModel.map(({ charge, signature }: Record<string, string>) => [charge, signature]),
  )
  const csv = await exported(page, 'CSV')
  expect(csv.trim().split('\r\n')).toHaveLength(1 + 3)
  await page.goBack()
  await expect.poll(() => list.getByRole('listitem').count(), PATIENCE).toBe(kept.length)
  expect(faults).toEqual([])
  await context.close()
})

async function exported(page: Page, format: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Export ${format}` }).click(),
  ])
  return readFile(await download.path(), 'utf8')
}

it('says what to do where there is nothing, and what happened where a part is gone', async () => {
  const { page, context } = await dashboard.open('/wallet?account=0x00000000000000000000000000000000000000a1')
  await page.getByText('Nothing was settled in this time').waitFor()
  expect(await weiOf(page, 'On deposit')).toBe(0n)
  await page.goto(`${dashboard.url}/wallet?model=${encodeURIComponent('<script>alert(1)</script>')}&days=5`)
  await page.getByText('No receipt is like that').waitFor()
  await page.route('**/api/index/**', (route) => route.abort())
  await page.route('**/api/gateway/v1/receipts*', (route) => route.abort())
  await page.goto(`${dashboard.url}/wallet`)
  await page.getByText('can’t be asked').or(page.getByText("can't be asked")).first().waitFor()
  await page.getByText('Stoa does not answer.').waitFor()
  expect(await violationsOf(page)).toEqual([])
  await context.close()
})

it('works by keyboard alone, on a phone', async () => {
  const { page, context } = await dashboard.open('/wallet', { viewport: { width: 375, height: 760 } })
  await page.getByRole('button', { name: 'Development account' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Development account signs with').waitFor()
  const amount = page.getByLabel('Amount, in tUSD').first()
  await amount.focus()
  await page.keyboard.type('1')
  await page.keyboard.press('Enter')
  await page.getByText('1 tUSD deposited.').waitFor()
  expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  await context.close()
})
