import { afterAll, beforeAll, expect, test } from 'vitest'
import { stepDifferences } from './testing/compareSteps.ts'
import { openPageSteps, type PageStepsContract } from './testing/openPageSteps.ts'

let contract: PageStepsContract
beforeAll(async () => {
  contract = await openPageSteps()
})
afterAll(() => contract.close())

const [FIRST, PAGES, ELEMENTS] = [1_000, 150, 4]

/** As in `pageSteps.test.ts`, with other pages. */
test('the contract makes 10,000 elements of random pages as the literal implementation does', async () => {
  const found: string[] = []
  let all = 0
  for (let seed = FIRST; seed < FIRST + PAGES; seed++) {
    const { found: differences, asked } = await stepDifferences(contract, seed, { elements: ELEMENTS })
    found.push(...differences)
    all += asked
  }
  expect(found).toEqual([])
  expect(all).toBeGreaterThanOrEqual(10_000)
}, 3_600_000)

test('and of pages that are reduced', async () => {
  const found: string[] = []
  for (const seed of [1, 2, 3]) found.push(...(await stepDifferences(contract, seed, { width: 1200 })).found)
  expect(found).toEqual([])
}, 3_600_000)
