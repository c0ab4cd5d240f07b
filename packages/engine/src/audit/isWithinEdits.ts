/**
 * Whether at most so many insertions, deletions and changes turn one sequence into the other (Levenshtein, 1966). Only distances up to `most` are computed
 * (E. Ukkonen, *Algorithms for approximate string matching*, 1985): time grows with length · most, memory with length.
 */
export function isWithinEdits(a: ArrayLike<number>, b: ArrayLike<number>, most: number): boolean {
  if (Math.abs(a.length - b.length) > most) return false
  const far = most + 1
  let above = Int32Array.from({ length: b.length + 2 }, (_, j) => Math.min(j, far))
  let row = new Int32Array(b.length + 2)
  for (let i = 1; i <= a.length; i++) {
    const [from, to] = [Math.max(0, i - most), Math.min(b.length, i + most)]
    if (from === 0) row[0] = i
    else row[from - 1] = far
    let [left, least] = [from === 0 ? i : far, far]
    const own = a[i - 1]
    for (let j = Math.max(from, 1); j <= to; j++) {
      const change = (above[j - 1] as number) + (own === b[j - 1] ? 0 : 1)
      left = Math.min(change, (above[j] as number) + 1, left + 1)
      row[j] = left
      if (left < least) least = left
    }
    // No later row has less than the least of this one.
    if (Math.min(least, from === 0 ? i : far) > most) return false
    // What the next row reads beyond this one's band.
    row[to + 1] = far
    ;[above, row] = [row, above]
  }
  return (above[b.length] as number) <= most
}
