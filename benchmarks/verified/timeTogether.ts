/** Milliseconds each takes at the median, the first turns not counted. They take turns, so that all see the same machine. */
export async function timeTogether(
  works: readonly (() => Promise<unknown>)[],
  { turns = 11, warm = 2 }: { turns?: number; warm?: number } = {},
): Promise<number[]> {
  const times = works.map((): number[] => [])
  for (let turn = 0; turn < warm + turns; turn++) {
    for (const [i, work] of works.entries()) {
      const started = performance.now()
      await work()
      if (turn >= warm) times[i]?.push(performance.now() - started)
    }
  }
  return times.map((own) => own.toSorted((a, b) => a - b)[own.length >> 1] ?? Number.NaN)
}
