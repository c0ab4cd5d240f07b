// An economy that things have happened to: a seller lied by one bit and was convicted, and two days go by.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DEVELOPMENT_KEYS } from '@stoa/localnet'
import type { Browser } from 'playwright-core'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MAIN } from '../cli/stoa.ts'
import { openBrowser } from './browser.ts'
import { openPage, overflowOf, START_TIMEOUT, violationsOf, waitForIndex } from './dashboard.ts'
import { rpcOf } from './rpcOf.ts'
import { deposit, signWithMoney, weiOf } from './walletPage.ts'

type Told = {
  dashboard: string
  verdict: string
  transactions: number
  moves: { by: string; move: string; gas: string }[]
  sheet: Record<string, string>
}

let folder: string
let child: ChildProcess
let told: Told
let browser: Browser

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-dispute-'))
  const args = ['--home', folder, '--json', 'demo', 'fraud', '--stay', '--picture', join(folder, 'walk.svg')]
  child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  told = await new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      const said = JSON.parse(line)
      if (said.error) reject(new Error(line))
      else if (said.verdict) resolve(said)
    })
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}`)))
  })
  browser = await openBrowser()
  await waitForIndex(told.dashboard)
}, START_TIMEOUT)

afterAll(async () => {
  await browser?.close()
  if (child && child.exitCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGINT')
    await ended
  }
  await rm(folder, { recursive: true, force: true })
})

it.each(['light', 'dark'] as const)('draws the way from the whole computation to the lie, %s', async (colorScheme) => {
  const { page, faults, context } = await openPage(browser, `${told.dashboard}/explorer/disputes`, { colorScheme })
  await page.getByText('seller convicted').waitFor()
  await page.getByRole('link', { name: 'dispute 1' }).click()
  await page.getByRole('heading', { name: 'Dispute 1' }).waitFor()
  await page.getByText(`${told.transactions} transactions.`).waitFor()
  const moves = page.getByRole('list').filter({ hasText: 'posts a bond' }).getByRole('listitem')
  expect(await moves.count()).toBe(told.moves.length)
  for (const [i, { by, move }] of told.moves.entries()) {
    const text = await moves.nth(i).textContent()
    expect(text).toContain(by)
    expect(text).toContain(move)
  }
  // A row for each thing that the seller showed, in each of which one part was picked.
  expect(await page.locator('figure svg > g').count()).toBeGreaterThanOrEqual(3)
  expect(await page.locator('figure rect[fill="var(--bad)"]').count()).toBeGreaterThanOrEqual(3)
  const paid = page.getByRole('region', { name: 'Who paid' })
  await paid.getByText('burned').first().waitFor()
  expect(await paid.textContent()).toContain('your disputes')
  expect(await violationsOf(page)).toEqual([])
  expect(faults).toEqual([])
  await context.close()
})

it('fits a phone, and is found by the number and by the receipt', async () => {
  const phone = { viewport: { width: 375, height: 760 } }
  const { page, context } = await openPage(browser, `${told.dashboard}/explorer/disputes/1`, phone)
  await page.getByText(`${told.transactions} transactions.`).waitFor()
  expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  const receipt = await page.locator('dd', { hasText: /^0x[0-9a-f]{64}/ }).textContent()
  await page.goto(`${told.dashboard}/explorer?q=${receipt?.slice(0, 66)}`)
  await page.getByRole('heading', { name: 'Dispute 1' }).waitFor()
  await context.close()
})

it('shows the stake that was lost where value flows', async () => {
  const { page, faults, context } = await openPage(browser, `${told.dashboard}/flow`)
  await page.getByText('lost stake').first().waitFor()
  await page.getByRole('cell', { name: 'Burned' }).waitFor()
  expect(faults).toEqual([])
  await context.close()
})

it('announces, cancels, announces again, waits two days and withdraws from a deposit of one’s own', async () => {
  const account = privateKeyToAddress(DEVELOPMENT_KEYS[1])
  const { page, faults, context } = await openPage(browser, `${told.dashboard}/wallet?account=${account}`)
  await signWithMoney(page)
  await deposit(page, '3')
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
  const rpc = await rpcOf(told.dashboard)
  await rpc('evm_increaseTime', 48 * 3_600)
  await rpc('evm_mine')
  await page.getByText('can leave now').waitFor()
  await page.getByRole('button', { name: 'Withdraw', exact: true }).click()
  await page.getByText('2 tUSD left the deposit.').waitFor()
  await expect.poll(() => weiOf(page, 'On deposit')).toBe(1_000_000n)
  expect(faults).toEqual([])
  await context.close()
})
