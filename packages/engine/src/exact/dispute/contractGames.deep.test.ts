import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCourt } from './testing/openCourt.ts'
import { randomCase, randomSeller, requestOf } from './testing/simulate.ts'

let court: Awaited<ReturnType<typeof openCourt>>
beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

const GAMES = 1_000

test(
  'of 1,000 liars by one bit the contract convicts every one, and of honest sellers none',
  async () => {
    const counts = { lies: 0, convicted: 0, honest: 0, acquitted: 0, transactions: 0, gas: 0 }
    for (let seed = 10_000; counts.lies < GAMES; seed++) {
      const simulation = randomCase(seed)
      if (!simulation) continue
      const honest = seed % 5 === 0
      const { truth, told, respond } = randomSeller(simulation, seed, { honest })
      const request = requestOf(simulation)
      const { convicted, moves } = await court.play({ ...simulation, request, truth, told, respond })
      counts.transactions = Math.max(counts.transactions, moves.length)
      counts.gas = Math.max(counts.gas, Number(moves.reduce((sum, { gas }) => sum + gas, 0n)))
      if (honest) counts.honest++
      else counts.lies++
      if (honest && !convicted) counts.acquitted++
      if (!honest && convicted) counts.convicted++
    }
    console.info(counts)
    expect(counts.convicted).toBe(counts.lies)
    expect(counts.acquitted).toBe(counts.honest)
    expect(counts.transactions).toBeLessThanOrEqual(12)
    expect(counts.gas).toBeLessThanOrEqual(2_000_000)
  },
  60 * 60_000,
)
