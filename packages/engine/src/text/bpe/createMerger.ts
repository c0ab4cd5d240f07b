import type { MergeTable } from './mergeTable.ts'

/** Most tokens of one piece. A rank (below 2^24, as there are fewer merges than that) times this, plus a place, is an exact double. */
export const MAX_PIECE_TOKENS = 2 ** 28

/**
 * Gives a function that merges the first `count` of `tokens` in place until no neighbours merge and returns how many are left, at the front.
 *
 * The rule (specs/text.md): of all neighbouring pairs that merge, the one of lowest rank, and of those the leftmost, becomes one
 * token; then again. Here with a heap of candidates over a linked list, O(n log n): a candidate is stale when the pair at its place
 * no longer has its rank, which is looked up again when it comes up.
 */
export function createMerger(table: MergeTable): (tokens: Int32Array, count: number) => number {
  // Kept from piece to piece, as most are of a few bytes.
  let next = new Int32Array(64)
  let previous = new Int32Array(64)
  const heap = new CandidateHeap()

  return (tokens, count) => {
    if (count < 2) return count
    if (count > next.length) {
      next = new Int32Array(count)
      previous = new Int32Array(count)
    }
    for (let at = 0; at < count; at += 1) {
      next[at] = at + 1 < count ? at + 1 : -1
      previous[at] = at - 1
    }
    const rankAt = (at: number): number => {
      const right = next[at] ?? -1
      if (right < 0) return -1
      return table.rank(tokens[at] ?? 0, tokens[right] ?? 0)
    }
    const propose = (at: number): void => {
      const rank = rankAt(at)
      if (rank >= 0) heap.push(rank * MAX_PIECE_TOKENS + at)
    }
    for (let at = 0; at + 1 < count; at += 1) propose(at)

    for (let candidate = heap.pop(); candidate >= 0; candidate = heap.pop()) {
      const at = candidate % MAX_PIECE_TOKENS
      // A place that was merged away has no right neighbour any more.
      if (rankAt(at) !== (candidate - at) / MAX_PIECE_TOKENS) continue
      const right = next[at] ?? -1
      const after = next[right] ?? -1
      tokens[at] = table.into(tokens[at] ?? 0, tokens[right] ?? 0)
      next[at] = after
      next[right] = -1
      if (after >= 0) previous[after] = at
      const before = previous[at] ?? -1
      if (before >= 0) propose(before)
      propose(at)
    }

    let left = 0
    for (let at = 0; at >= 0; at = next[at] ?? -1) {
      tokens[left] = tokens[at] ?? 0
      left += 1
    }
    return left
  }
}

/** Smallest number first. */
class CandidateHeap {
  #items = new Float64Array(64)
  #size = 0

  push(value: number): void {
    if (this.#size === this.#items.length) {
      const larger = new Float64Array(this.#size * 2)
      larger.set(this.#items)
      this.#items = larger
    }
    const items = this.#items
    let at = this.#size
    this.#size += 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = items[parent] ?? 0
      if (above <= value) break
      items[at] = above
      at = parent
    }
    items[at] = value
  }

  /** -1 when empty. */
  pop(): number {
    if (this.#size === 0) return -1
    const items = this.#items
    const top = items[0] ?? -1
    this.#size -= 1
    const size = this.#size
    const value = items[size] ?? 0
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && (items[child + 1] ?? 0) < (items[child] ?? 0)) child += 1
      const below = items[child] ?? 0
      if (value <= below) break
      items[at] = below
      at = child
    }
    items[at] = value
    return top
  }
}
