import { expect, test } from 'vitest'
import { randomCase, simulate } from './testing/simulate.ts'

const CASES = Array.from({ length: 24 }, (_, seed) => ({ seed, simulation: randomCase(seed) })).filter(
  (each): each is { seed: number; simulation: NonNullable<ReturnType<typeof randomCase>> } =>
    each.simulation !== undefined,
)

test('who lies by one bit anywhere is convicted', async () => {
  expect(CASES.length).toBeGreaterThan(10)
  for (const { seed, simulation } of CASES) {
    for (let game = 0; game < 3; game++) {
      const { convicted, moves, lie } = await simulate(simulation, 1000 * seed + game)
      expect({ seed, game, lie: `${lie.entry}/${lie.element}`, convicted, moves }).toMatchObject({ convicted: true })
    }
  }
})

test('who is honest is acquitted', async () => {
  for (const { seed, simulation } of CASES) {
    const { convicted, moves } = await simulate(simulation, seed, { honest: true })
    expect({ seed, convicted, moves }).toMatchObject({ convicted: false })
  }
})
