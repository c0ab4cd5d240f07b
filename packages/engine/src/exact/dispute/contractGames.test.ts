import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCourt } from './testing/openCourt.ts'
import { randomCase, randomSeller, requestOf } from './testing/simulate.ts'

let court: Awaited<ReturnType<typeof openCourt>>
beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

const LIARS = 50
const HONEST = 10

/** A game about a random graph on the chain; undefined for a seed whose graph has no formulas. */
async function gameOf(seed: number, honest: boolean) {
  const simulation = randomCase(seed)
  if (!simulation) return undefined
  const { truth, told, lie, respond } = randomSeller(simulation, seed, { honest })
  const request = requestOf(simulation)
  return { lie, ...(await court.play({ ...simulation, request, truth, told, respond })) }
}

test('the contract convicts who lies by one bit anywhere', async () => {
  let played = 0
  for (let seed = 0; played < LIARS; seed++) {
    const result = await gameOf(seed, false)
    if (!result) continue
    played++
    expect({ seed, ...result }).toMatchObject({ convicted: true })
    expect(result.moves.length).toBeLessThanOrEqual(12)
  }
}, 300_000)

test('the contract lets nobody convict who is honest', async () => {
  let played = 0
  for (let seed = 500; played < HONEST; seed++) {
    const result = await gameOf(seed, true)
    if (!result) continue
    played++
    expect({ seed, ...result }).toMatchObject({ convicted: false })
  }
}, 120_000)
