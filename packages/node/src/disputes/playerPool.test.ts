import type { JudgedAnswer, OpenPlayerOptions, Player } from '@stoa/engine/dispute'
import { expect, test } from 'vitest'
import { createPlayerPool } from './playerPool.ts'

const digest = (n: number) => `0x${String(n).padStart(64, '0')}` as const
const ANSWER = {} as JudgedAnswer

/** A pool of players that do nothing, and whose processes tell when they are ended; with `opens` false none ever opens. */
function start({ most = 2, timeoutMs = 1_000, opens = true } = {}) {
  const processes: AbortSignal[] = []
  const open = (_: JudgedAnswer, { signal }: OpenPlayerOptions) => {
    if (!signal) throw new Error('a process without an end')
    processes.push(signal)
    if (opens) return Promise.resolve({ close: async () => {} } as Player)
    return new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }
  const pool = createPlayerPool({ open, most, timeoutMs })
  const ask = (n: number) => pool.ask(digest(n), ANSWER, async () => n)
  return { pool, ask, processes, ended: () => processes.map(({ aborted }) => aborted) }
}

test('keeps a player for all that is asked about an answer, and ends the one that was not asked for longest', async () => {
  const { ask, ended } = start()
  for (const n of [1, 2, 1, 1]) expect(await ask(n)).toBe(n)
  expect(ended()).toEqual([false, false])
  await ask(3)
  expect(ended()).toEqual([false, true, false])
})

test('ends no player that is being asked', async () => {
  const { pool, ask, ended } = start({ most: 1 })
  const { promise, resolve } = Promise.withResolvers<void>()
  const asked = pool.ask(digest(1), ANSWER, () => promise)
  await ask(2)
  expect(ended()).toEqual([false, false])
  resolve()
  await asked
})

test('ends a player that takes too long, or whose game is over, and opens another when it is asked again', async () => {
  const slow = start({ opens: false, timeoutMs: 20 })
  await expect(slow.ask(1)).rejects.toThrow('within 20 ms')
  const { pool, ask, processes, ended } = start()
  await ask(1)
  pool.drop(digest(1))
  await ask(1)
  expect(ended()).toEqual([true, false])
  pool.close()
  expect(processes.every(({ aborted }) => aborted)).toBe(true)
})

test('forgets a player that failed', async () => {
  const { pool, ask, ended } = start()
  const failing = pool.ask(digest(1), ANSWER, async () => {
    throw new Error('no memory')
  })
  await expect(failing).rejects.toThrow('no memory')
  expect(await ask(1)).toBe(1)
  expect(ended()).toEqual([true, false])
})
