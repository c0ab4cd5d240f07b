/**
 * Results of `work` for each item, in their order, with at most `lanes` under way at a time. After an error nothing more begins, and it is
 * thrown when nothing is under way any longer.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const left = items.entries()
  let failed = false
  const lane = async () => {
    for (const [i, item] of left) {
      if (failed) return
      results[i] = await work(item).catch((error: unknown) => {
        failed = true
        throw error
      })
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.max(1, lanes) }, lane))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return results
}
