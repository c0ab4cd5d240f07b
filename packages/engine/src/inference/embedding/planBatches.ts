/** Cells (texts × longest) in one run of the network: bounds memory to some tens of MB, and how long an abort waits. */
const MAX_CELLS = 2048
/** Share of the cells that may be padding. A padded cell costs about a third of a real one. */
const MAX_PADDING = 1 / 4

/**
 * Groups texts of like length, so that the weights are read once for many texts and little is computed for padding. Returns
 * groups of positions in `lengths`; each position is in exactly one group.
 */
export function planBatches(lengths: readonly number[]): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b)
  const batches: number[][] = []
  let batch: number[] = []
  let tokens = 0
  for (const i of order) {
    const length = lengths[i] ?? 0
    const cells = (batch.length + 1) * length
    if (batch.length > 0 && (cells > MAX_CELLS || cells - tokens - length > cells * MAX_PADDING)) {
      batches.push(batch)
      batch = []
      tokens = 0
    }
    batch.push(i)
    tokens += length
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}
