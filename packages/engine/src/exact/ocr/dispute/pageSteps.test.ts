import { afterAll, beforeAll, expect, test } from 'vitest'
import { stepDifferences } from './testing/compareSteps.ts'
import { openPageSteps, type PageStepsContract } from './testing/openPageSteps.ts'

let contract: PageStepsContract
beforeAll(async () => {
  contract = await openPageSteps()
})
afterAll(() => contract.close())

const PAGES = 8

test('the contract makes of random pages what the literal implementation does, step by step', async () => {
  const found: string[] = []
  let all = 0
  for (let seed = 0; seed < PAGES; seed++) {
    const { found: differences, asked } = await stepDifferences(contract, seed)
    found.push(...differences)
    all += asked
  }
  expect(found).toEqual([])
  expect(all).toBeGreaterThan(300)
})
