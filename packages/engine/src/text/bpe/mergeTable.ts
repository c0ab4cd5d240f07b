import { InvalidTokenizerError } from '../errors.ts'

/** What two neighbouring tokens become. Lower ranks are merged first. */
export type Merge = { readonly left: number; readonly right: number; readonly into: number; readonly rank: number }

/** Merges by their pair. `size`: one more than the highest id. */
export type MergeTable = {
  /** Rank of the pair, -1 where the two don't merge. */
  rank(left: number, right: number): number
  /** Token that the pair becomes; only asked for pairs that merge. */
  into(left: number, right: number): number
}

/** Ids below 2^24 make a pair of ids an exact double. */
export const MAX_TOKENS = 2 ** 24

/** Table of `merges`. Throws `InvalidTokenizerError` for a pair that is there twice. */
export function mergeTable(merges: Iterable<Merge>, size: number): MergeTable {
  const index = new Map<number, number>()
  const ranks: number[] = []
  const results: number[] = []
  for (const { left, right, into, rank } of merges) {
    const pair = left * size + right
    if (index.has(pair)) throw new InvalidTokenizerError(`the tokens ${left} and ${right} are merged twice`)
    index.set(pair, ranks.length)
    ranks.push(rank)
    results.push(into)
  }
  return {
    rank: (left, right) => {
      const at = index.get(left * size + right)
      return at === undefined ? -1 : (ranks[at] ?? -1)
    },
    into: (left, right) => results[index.get(left * size + right) ?? -1] ?? -1,
  }
}
