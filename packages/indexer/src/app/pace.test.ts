import fc from 'fast-check'
import { HttpRequestError, LimitExceededRpcError, TimeoutError } from 'viem'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { pace } from './pace.ts'

const url = 'https://chain.example'
const refused = (status?: number, headers?: HeadersInit) =>
  new HttpRequestError({ url, ...(status && { status }), ...(headers && { headers: new Headers(headers) }) })

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** What happened to a chain that is asked: when, and how many at a time. */
function chain(answer: (n: number, asking: number) => unknown) {
  const asked: number[] = []
  let [asking, most] = [0, 0]
  const ask = pace(async ({ params }) => {
    asked.push(Date.now())
    most = Math.max(most, ++asking)
    try {
      const given = answer(asked.length, asking)
      await new Promise((done) => setTimeout(done, 10))
      if (given instanceof Error) throw given
      return params
    } finally {
      asking--
    }
  })
  return { ask, asked, most: () => most }
}

const all = (ask: ReturnType<typeof pace>, count: number) =>
  Promise.allSettled(Array.from({ length: count }, (_, n) => ask({ method: 'eth_getBlockByNumber', params: n })))

it('asks four questions at a time at first, and in the end 24', async () => {
  const { ask, asked, most } = chain(() => true)
  const answers = all(ask, 500)
  await vi.advanceTimersByTimeAsync(0)
  expect(asked.length).toBe(4)
  await vi.runAllTimersAsync()
  expect((await answers).map((each) => each.status === 'fulfilled' && each.value)).toEqual([...Array(500).keys()])
  expect(most()).toBe(24)
})

it.each([
  ['too many requests', refused(429)],
  ['a server that fails', refused(503)],
  ['a server that is not there', refused()],
  ['no answer', new TimeoutError({ body: {}, url })],
  ['a limit', new LimitExceededRpcError(new Error('too many'))],
  ['a code', Object.assign(new Error('slow down'), { code: 429 })],
])('rests after %s, asks half as much then, and says it', async (_, error) => {
  const { ask, asked } = chain((n) => n <= 4 && error)
  const answers = all(ask, 8)
  await vi.advanceTimersByTimeAsync(250)
  expect(asked.length).toBe(4)
  await vi.advanceTimersByTimeAsync(15)
  expect(asked.length).toBe(6)
  await vi.runAllTimersAsync()
  const told = await answers
  expect(told.map((each) => each.status === 'rejected' && each.reason)).toEqual([
    ...Array(4).fill(error),
    ...Array(4).fill(false),
  ])
})

it('does not rest because of what a chain says of a question', async () => {
  const { ask, asked } = chain((n) => n <= 4 && new Error('query returned more than 10000 results'))
  const answers = all(ask, 8)
  await vi.advanceTimersByTimeAsync(11)
  expect(asked.length).toBe(8)
  await vi.runAllTimersAsync()
  await answers
})

it('rests as long as it is told to, a minute at most', async () => {
  for (const [told, rest] of [
    ['7', 7_000],
    ['86400', 60_000],
    ['tomorrow', 250],
  ] as const) {
    const { ask, asked } = chain((n) => n === 1 && refused(429, { 'Retry-After': told }))
    const answers = all(ask, 5)
    await vi.runAllTimersAsync()
    await answers
    const [first = 0, last = 0] = [asked[0], asked.at(-1)]
    // Four were asked before it was known.
    expect(last - first).toBe(10 + rest)
  }
})

it('rests twice as long each time, four seconds at most, until there is an answer', async () => {
  const { ask, asked } = chain((n) => n <= 7 && refused(429))
  for (let n = 0; n < 9; n++) {
    const answer = all(ask, 1)
    await vi.runAllTimersAsync()
    await answer
  }
  const waits = asked.slice(1).map((time, n) => time - (asked[n] ?? 0) - 10)
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 0])
})

it('answers everybody who asks until there is an answer, however little the chain can do', async () => {
  vi.useRealTimers()
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 60 }),
      async (capacity, starts) => {
        vi.useFakeTimers()
        const { ask, most } = chain((_, asking) => asking > capacity && refused(429))
        const answers = Promise.all(
          starts.map(async (start, n) => {
            await sleepFaked(start)
            for (;;) {
              const answer = await ask({ method: 'eth_getLogs', params: n }).catch(() => undefined)
              if (answer !== undefined) return answer
            }
          }),
        )
        await vi.runAllTimersAsync()
        expect(await answers).toEqual([...starts.keys()])
        expect(most()).toBeLessThanOrEqual(24)
        vi.useRealTimers()
      },
    ),
  )
})

const sleepFaked = (ms: number) => new Promise((done) => setTimeout(done, ms))
