import { expect, test } from 'vitest'
import { randomCase, simulate } from './testing/simulate.ts'

/** Games that are played against liars; one more of each graph against an honest seller. */
const GAMES = 10_000
/** Games about one random graph. */
const A_GRAPH = 10

test(
  'of 10,000 liars by one bit every one is convicted, and no honest seller',
  async () => {
    const counts = { lies: 0, convicted: 0, honest: 0, acquitted: 0, transactions: 0 }
    for (let seed = 1_000; counts.lies < GAMES; seed++) {
      const simulation = randomCase(seed)
      if (!simulation) continue
      for (let game = 0; game < A_GRAPH; game++) {
        const { convicted, transactions } = await simulate(simulation, A_GRAPH * seed + game)
        counts.lies++
        counts.transactions = Math.max(counts.transactions, transactions)
        if (convicted) counts.convicted++
      }
      const { convicted } = await simulate(simulation, seed, { honest: true })
      counts.honest++
      if (!convicted) counts.acquitted++
    }
    console.info(counts)
    expect(counts.convicted).toBe(counts.lies)
    expect(counts.acquitted).toBe(counts.honest)
    expect(counts.transactions).toBeLessThanOrEqual(12)
  },
  60 * 60_000,
)
