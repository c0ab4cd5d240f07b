import { expect, test } from 'vitest'
import { runChaos } from './runChaos.ts'

// `npm run test:deep -- chaos`. STOA_CHAOS_CALLS, STOA_CHAOS_CALLERS (of each gateway at once), STOA_CHAOS_MINUTES (no calls after) and STOA_CHAOS_SEED for others; it takes as long as it takes, which is hours on a slow machine.
const calls = Number(process.env.STOA_CHAOS_CALLS ?? 100_000)
const callers = Number(process.env.STOA_CHAOS_CALLERS ?? 24)
const minutes = Number(process.env.STOA_CHAOS_MINUTES ?? Number.POSITIVE_INFINITY)
const seed = Number(process.env.STOA_CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31))

test(`${calls} calls among kills, cuts, twins, wrong clocks and full disks`, { timeout: 24 * 3_600_000 }, async () => {
  console.log(`seed ${seed}`)
  const { faults, ...run } = await runChaos({ seed, calls, callers, minutes, every: 100, log: console.log })
  console.log(JSON.stringify(run, (_, value) => (typeof value === 'bigint' ? `${value}` : value)))
  expect(faults, `seed ${seed}`).toEqual([])
  expect(run.mishaps['kill everything']).toBeGreaterThan(0)
  expect(run.mishaps['withdrawal announced']).toBeGreaterThan(0)
  expect(run.figures.direct.answered).toBeGreaterThan(0)
  expect(run.figures.answered).toBeGreaterThan(run.figures.calls / 2)
})
