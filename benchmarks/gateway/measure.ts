/** Times of many calls, in milliseconds. */
export type Timing = { p50: number; p99: number; perSecond: number }

/** Any call that is measured; the argument counts up, so that no two calls are alike. */
export type Call = (n: number) => Promise<unknown>

const BLOCK = 50
const WARM_BLOCKS = 20

/**
 * Runs blocks of each call in turns, one call at a time, so that whatever else the machine does meets all of them, and times each call. The
 * first blocks warm compilers and caches and do not count.
 */
export async function timeInTurns(
  calls: Readonly<Record<string, Call>>,
  blocks: number,
): Promise<Record<string, Timing>> {
  const times = new Map<string, number[]>(Object.keys(calls).map((name) => [name, []]))
  for (let block = -WARM_BLOCKS; block < blocks; block++) {
    for (const [name, call] of Object.entries(calls)) {
      for (let n = 0; n < BLOCK; n++) {
        const started = performance.now()
        await call(block * BLOCK + n)
        if (block >= 0) times.get(name)?.push(performance.now() - started)
      }
    }
  }
  return Object.fromEntries([...times].map(([name, list]) => [name, timingOf(list)]))
}

/** Calls a second with `concurrency` calls in flight, over `total` calls. */
export async function throughput(call: Call, concurrency: number, total: number): Promise<number> {
  let next = 0
  const started = performance.now()
  const work = async () => {
    while (next < total) await call(next++)
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return (total * 1000) / (performance.now() - started)
}

function timingOf(times: number[]): Timing {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { p50: at(0.5), p99: at(0.99), perSecond: (1000 * sorted.length) / sorted.reduce((sum, t) => sum + t, 0) }
}
