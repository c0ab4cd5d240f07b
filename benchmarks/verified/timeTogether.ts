import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds after which threads that wait for more work of the one before, looking all the time, have gone to sleep. */
const REST = 20

/**
 * Milliseconds each takes at the median, the first `warm` turns not counted. They take turns, so that all see the same machine; where any turn is not counted,
 * each also runs once before it is timed, when the threads of the one before it rest and its own are awake, as they are in a row of runs.
 */
export async function timeTogether(
  works: readonly (() => Promise<unknown>)[],
  { turns = 11, warm = 2 }: { turns?: number; warm?: number } = {},
): Promise<number[]> {
  const times = works.map((): number[] => [])
  for (let turn = 0; turn < warm + turns; turn++) {
    for (const [i, work] of works.entries()) {
      if (warm > 0) {
        await sleep(REST)
        await work()
      }
      const started = performance.now()
      await work()
      if (turn >= warm) times[i]?.push(performance.now() - started)
    }
  }
  return times.map((own) => own.toSorted((a, b) => a - b)[own.length >> 1] ?? Number.NaN)
}
