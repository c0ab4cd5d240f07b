/** Does work for all items, for no more than `most` of them at a time, and returns what came of it in their order. Rejects with the first failure, and begins nothing after it. */
export async function mapAtMost<item, result>(
  most: number,
  items: readonly item[],
  work: (item: item) => Promise<result>,
): Promise<result[]> {
  const results: result[] = []
  const rest = items.entries()
  let failed = false
  const one = async () => {
    for (const [i, item] of rest) {
      if (failed) return
      results[i] = await work(item).catch((error: unknown) => {
        failed = true
        throw error
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, one))
  return results
}
