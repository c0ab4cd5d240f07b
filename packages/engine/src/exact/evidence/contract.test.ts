import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomDifferences } from './testing/compareRandom.ts'
import { type FormulasContract, openFormulas } from './testing/openFormulas.ts'

let contract: FormulasContract
beforeAll(async () => {
  contract = await openFormulas()
})
afterAll(() => contract.close())

const GRAPHS = 10

test('the contract computes elements of random graphs as TypeScript does, and as they were traced', async () => {
  const found: string[] = []
  let all = 0
  for (let seed = 0; seed < GRAPHS; seed++) {
    const { found: differences, asked } = await randomDifferences(contract, seed)
    found.push(...differences)
    all += asked
  }
  expect(found).toEqual([])
  expect(all).toBeGreaterThan(50)
})
