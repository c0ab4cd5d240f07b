import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomFrom } from '../testing/graphs/random.ts'
import { openCourt, type PlayedOut } from './testing/openCourt.ts'
import { operatorPlaces } from './testing/operatorPlaces.ts'
import { randomCase, randomSeller, requestOf, sellerLyingAt } from './testing/simulate.ts'

let court: Awaited<ReturnType<typeof openCourt>>
beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

/** What games came to, over all of them. */
const tally = () => {
  const counts = { games: 0, convicted: 0, transactions: 0, gas: 0, lastStep: 0 }
  const count = ({ convicted, moves }: PlayedOut) => {
    counts.games++
    if (convicted) counts.convicted++
    counts.transactions = Math.max(counts.transactions, moves.length)
    counts.gas = Math.max(counts.gas, Number(moves.reduce((sum, { gas }) => sum + gas, 0n)))
    counts.lastStep = Math.max(counts.lastStep, Number(moves.at(-1)?.gas ?? 0n))
  }
  return { counts, count }
}

/** Games about each kind of node of formulas, and about each operator that makes a tensor. */
const ROUNDS = 13
/** Games about random graphs; one in five with an honest seller. */
const RANDOM = 250

test(
  'of more than 1,000 liars by one bit, as many about every kind of node and operator, the contract convicts every one',
  async () => {
    const places = [...operatorPlaces().values()]
    const { counts, count } = tally()
    for (let round = 1; round <= ROUNDS; round++) {
      for (const [i, all] of places.entries()) {
        const seed = 1000 * round + i
        const place = randomFrom(seed).pick([...all])
        const { element, ...seller } = sellerLyingAt(place, seed)
        const { simulation, entry } = place
        const result = await court.play({ ...simulation, ...seller, request: requestOf(simulation) })
        count(result)
        expect({ seed, entry, element, ...result }).toMatchObject({ convicted: true })
      }
    }
    console.info(counts)
    expect(counts.games).toBeGreaterThanOrEqual(1_000)
    expect(counts.transactions).toBeLessThanOrEqual(12)
    expect(counts.gas).toBeLessThanOrEqual(2_000_000)
  },
  60 * 60_000,
)

test(
  'of random graphs the contract convicts every liar, and no honest seller',
  async () => {
    const [liars, honest] = [tally(), tally()]
    for (let seed = 10_000; liars.counts.games + honest.counts.games < RANDOM; seed++) {
      const simulation = randomCase(seed)
      if (!simulation) continue
      const told = { honest: seed % 5 === 0 }
      const { lie: _, ...seller } = randomSeller(simulation, seed, told)
      const result = await court.play({ ...simulation, ...seller, request: requestOf(simulation) })
      ;(told.honest ? honest : liars).count(result)
    }
    console.info(liars.counts, honest.counts)
    expect(liars.counts.convicted).toBe(liars.counts.games)
    expect(honest.counts.convicted).toBe(0)
  },
  60 * 60_000,
)
