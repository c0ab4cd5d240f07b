import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFairQueue, type Turn } from './fairQueue.ts'

class FullError extends Error {}

/** A queue with a clock of its own, and what happened to each call. */
function openQueue(atOnce: number, mostWaiting: number) {
  let time = 0
  const queue = createFairQueue({ atOnce, mostWaiting, now: () => time, full: () => new FullError() })
  const calls: {
    party: string
    state: 'waits' | 'served' | 'over' | 'refused' | 'gone'
    turn?: Turn
    abort(): void
  }[] = []
  const started: number[] = []
  return {
    queue,
    calls,
    /** Calls in the order in which they were started. */
    started,
    pass(milliseconds: number) {
      time += milliseconds
    },
    enter(party: string): number {
      const controller = new AbortController()
      const index = calls.length
      const call: (typeof calls)[number] = { party, state: 'waits', abort: () => controller.abort(new Error('gone')) }
      calls.push(call)
      queue.enter(party, { signal: controller.signal }).then(
        (turn) => {
          started.push(index)
          Object.assign(call, { state: 'served', turn })
        },
        (error: unknown) => {
          call.state = error instanceof FullError ? 'refused' : 'gone'
        },
      )
      return index
    },
    async leave(index: number) {
      const call = calls[index]
      call?.turn?.leave()
      if (call) call.state = 'over'
      await settled()
    },
    in: (state: string) => calls.flatMap((call, index) => (call.state === state ? [index] : [])),
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('whatever comes and goes: bounds hold, no place stays free, each party’s calls come in order, everybody is served in the end', async () => {
  const step = fc.record({
    kind: fc.constantFrom<'enter' | 'leave' | 'abort'>('enter', 'enter', 'enter', 'leave', 'leave', 'abort'),
    party: fc.integer({ min: 0, max: 4 }),
    pick: fc.nat(),
    milliseconds: fc.integer({ min: 0, max: 500 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 6 }),
      fc.array(step, { maxLength: 60 }),
      async (atOnce, mostWaiting, steps) => {
        const run = openQueue(atOnce, mostWaiting)
        for (const { kind, party, pick, milliseconds } of steps) {
          run.pass(milliseconds)
          const [served, waits] = [run.in('served'), run.in('waits')]
          if (kind === 'enter') run.enter(`party ${party}`)
          else if (kind === 'leave' && served.length > 0) await run.leave(served[pick % served.length] ?? 0)
          else if (kind === 'abort' && waits.length > 0) run.calls[waits[pick % waits.length] ?? 0]?.abort()
          await settled()
          const [now, left] = [run.in('served').length, run.in('waits').length]
          expect(now).toBeLessThanOrEqual(atOnce)
          expect(left).toBeLessThanOrEqual(mostWaiting)
          expect(run.queue.depth()).toBe(now + left)
          if (left > 0) expect(now).toBe(atOnce)
        }
        for (let served = run.in('served'); served.length > 0; served = run.in('served')) {
          run.pass(10)
          await run.leave(served[0] ?? 0)
        }
        expect(run.in('waits')).toEqual([])
        for (let party = 0; party < 5; party++) {
          const own = run.started.filter((index) => run.calls[index]?.party === `party ${party}`)
          expect(own).toEqual(own.toSorted((a, b) => a - b))
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('who comes with one call waits for one call of each other at most, however many they have', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 2, max: 60 }),
      fc.integer({ min: 0, max: 40 }),
      async (greedy, each, before) => {
        const run = openQueue(1, 1_000)
        for (let n = 0; n < each; n++) for (let party = 0; party < greedy; party++) run.enter(`greedy ${party}`)
        await settled()
        for (let n = 0; n < Math.min(before, greedy * each - 1); n++) {
          run.pass(50)
          await run.leave(run.in('served')[0] ?? 0)
        }
        const modest = run.enter('modest')
        let others = 0
        for (; run.calls[modest]?.state === 'waits'; others++) {
          run.pass(50)
          await run.leave(run.in('served')[0] ?? 0)
        }
        // Those under way when it came, and one of each.
        expect(others).toBeLessThanOrEqual(greedy + 1)
      },
    ),
    { numRuns: 60 },
  )
})

test('who always has something waiting gets no more than its share of time, whatever its calls take', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 2, maxLength: 5 }), async (durations) => {
      const run = openQueue(1, 1_000)
      const got = durations.map(() => 0)
      for (const party of durations.keys()) for (let n = 0; n < 3; n++) run.enter(`${party}`)
      await settled()
      let total = 0
      while (total < 20_000) {
        const index = run.in('served')[0] ?? 0
        const party = Number(run.calls[index]?.party)
        const took = durations[party] ?? 0
        run.pass(took)
        got[party] = (got[party] ?? 0) + took
        total += took
        run.enter(`${party}`)
        await run.leave(index)
      }
      const longest = Math.max(...durations)
      expect(Math.max(...got) - Math.min(...got)).toBeLessThanOrEqual(4 * longest + 200)
    }),
    { numRuns: 15 },
  )
})

test('a full queue is made room in by who has most waiting; who has as much as anybody is refused', async () => {
  const run = openQueue(1, 4)
  for (let n = 0; n < 6; n++) run.enter('greedy')
  await settled()
  expect([run.in('served').length, run.in('waits').length, run.in('refused')]).toEqual([1, 4, [5]])
  const [one, two, three] = [run.enter('modest'), run.enter('modest'), run.enter('modest')]
  await settled()
  // The newest of the greedy one's went, until both had two.
  expect([one, two, three].map((index) => run.calls[index]?.state)).toEqual(['waits', 'waits', 'refused'])
  expect(run.in('refused')).toEqual([3, 4, 5, three])
})
