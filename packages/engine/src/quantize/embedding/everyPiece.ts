/** Lengths of the texts, and how far apart in the vocabulary the pieces in them are: primes, so that no two follow each other twice. */
const WALKS = [
  [1, 1],
  [2, 3_571],
  [8, 1_237],
  [16, 2_749],
  [32, 5_197],
  [32, 6_701],
] as const

/**
 * Texts without meaning, as ids, in which each of `pieces` pieces occurs alone and in the company of 1, 7, 15 and 31 others. Prose of any length
 * leaves out most words; a word that wakes what no other does shows only where it occurs.
 */
export function everyPiece(pieces: number): number[][] {
  return WALKS.flatMap(([length, stride]) => {
    if (pieces % stride === 0 && stride > 1)
      throw new RangeError(`A stride of ${stride} does not reach all of ${pieces} pieces.`)
    return Array.from({ length: Math.ceil(pieces / length) }, (_, text) =>
      Array.from(
        { length: Math.min(length, pieces - text * length) },
        (_, i) => ((text * length + i) * stride) % pieces,
      ),
    )
  })
}
