import type { Page } from 'playwright-core'

/** How each check of the receipt that is shown came out. */
export async function findingsOf(page: Page): Promise<Record<string, string>> {
  await page.locator('[data-finding]').first().waitFor()
  return Object.fromEntries(
    await page
      .locator('[data-finding]')
      .evaluateAll((rows) => rows.map((row) => [row.dataset.finding, row.dataset.state])),
  )
}
