import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTurns } from './createTurns.ts'

const [A, B] = ['0xaa', '0xbb'] as const
const NEVER = 3_600_000

// Nobody goes on by itself unless a test says so.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const tick = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Calls that wait, each since a moment that is given, and who went on in which order. */
function waiting(...calls: readonly [name: string, offers: readonly `0x${string}`[], since: number][]) {
  const turns = createTurns({ patienceMs: NEVER, most: calls.length })
  const gone: string[] = []
  const now = performance.now()
  for (const [name, offers, since] of calls)
    void turns.next(offers, now - since, undefined).then((may) => gone.push(may ? name : `${name} gave up`))
  return { turns, gone }
}

test('with each call that ended one goes on: who waits longest among those that may go there', async () => {
  const { turns, gone } = waiting(['second', [A], 5], ['elsewhere', [B], 9], ['first', [A, B], 8], ['third', [A], 1])
  turns.ended(A)
  await tick()
  expect(gone).toEqual(['first'])
  turns.ended(A)
  turns.ended(A)
  await tick()
  expect(gone).toEqual(['first', 'second', 'third'])
  turns.ended(A)
  turns.ended(B)
  turns.ended(B)
  await tick()
  expect(gone).toEqual(['first', 'second', 'third', 'elsewhere'])
})

test('goes on by itself after a while: those who ended may be of others', async () => {
  const { gone } = waiting(['new', [A], 0], ['old', [A], 60_000])
  await vi.advanceTimersByTimeAsync(150)
  expect(gone).toEqual(['new'])
  await vi.advanceTimersByTimeAsync(1_050)
  expect(gone).toEqual(['new', 'old'])
})

test('ends when its time is over, too many wait, or it is aborted, and leaves its turn to the next', async () => {
  const turns = createTurns({ patienceMs: 50, most: 2 })
  expect(await turns.next([A], performance.now() - 51, undefined)).toBe(false)
  expect(await turns.next([A], performance.now(), AbortSignal.abort())).toBe(false)
  expect(await createTurns({ patienceMs: NEVER, most: 0 }).next([A], performance.now(), undefined)).toBe(false)
  const leaving = new AbortController()
  const left = turns.next([A], performance.now() - 10, leaving.signal)
  const next = turns.next([A], performance.now(), undefined)
  leaving.abort()
  expect(await left).toBe(false)
  turns.ended(A)
  expect(await next).toBe(true)
})
