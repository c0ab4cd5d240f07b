import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomDifferences } from './testing/compareRandom.ts'
import { type FormulasContract, openFormulas } from './testing/openFormulas.ts'

let contract: FormulasContract
beforeAll(async () => {
  contract = await openFormulas()
})
afterAll(() => contract.close())

const GRAPHS = 1_000
const FIRST = 50_000

/** As in `contract.test.ts`, with other graphs. */
test('the contract computes 10,000 elements of random graphs as TypeScript does', async () => {
  const found: string[] = []
  let all = 0
  for (let seed = FIRST; seed < FIRST + GRAPHS; seed++) {
    const { found: differences, asked } = await randomDifferences(contract, seed, 2)
    found.push(...differences)
    all += asked
  }
  expect(found).toEqual([])
  expect(all).toBeGreaterThanOrEqual(10_000)
})
