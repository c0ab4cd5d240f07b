import type { Locator, Page } from 'playwright-core'
import { parseUnits } from 'viem'
import { expect } from 'vitest'

/** A named amount of the page, in wei, as its hint says. */
export async function weiOf(page: Page, name: string): Promise<bigint> {
  const value = page.locator('dt', { hasText: name }).locator('xpath=following-sibling::dd').locator('span[tabindex]')
  await value.focus()
  // Where the pointer happens to be there may be another hint.
  const id = await value.and(page.locator('[aria-describedby]')).getAttribute('aria-describedby')
  const text = await page.locator(`[role=tooltip][id="${id}"]`).textContent()
  // What has the focus already would not get it again, and show nothing.
  await value.blur()
  return BigInt(text?.split(' wei')[0]?.replace(/\D/g, '') ?? '')
}

/** What the account that signs holds, in wei; or another, by the words that say so. */
export async function heldBy(place: Page | Locator, words = /^The account that signs holds/): Promise<bigint> {
  const said = (await place.getByText(words).textContent()) ?? ''
  const [, amount = ''] = /holds ([\d.\s]+) tUSD/.exec(said) ?? []
  return parseUnits(amount.replace(/\s/g, ''), 6)
}

/** Has the development account sign, and 100 whole tokens of test money made for it; what it holds then, in wei. */
export async function signWithMoney(page: Page): Promise<bigint> {
  await page.getByRole('button', { name: 'Development account' }).click()
  const held = await heldBy(page)
  await page.getByRole('button', { name: 'Get 100 tUSD' }).click()
  await expect.poll(() => heldBy(page)).toBe(held + 100_000_000n)
  return held + 100_000_000n
}

/** Deposits an amount, in whole tokens, for whose deposit is shown. */
export async function deposit(page: Page, amount: string): Promise<void> {
  await page.getByLabel('Amount, in tUSD').first().fill(amount)
  await page.getByRole('button', { name: 'Deposit', exact: true }).click()
  await page.getByText(`${amount} tUSD deposited.`).waitFor()
}
