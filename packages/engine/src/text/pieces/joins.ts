import { MAX_TOKENS, type Merge } from '../bpe/mergeTable.ts'
import { InvalidTokenizerError } from '../errors.ts'

/** Which neighbours join first: the pair that stands first in a list, or the one whose piece has the highest score. */
export type Joins =
  | { readonly by: 'rank'; readonly merges: readonly (readonly [left: number, right: number])[] }
  | { readonly by: 'score'; readonly scores: ArrayLike<number> }

export type Pieces = {
  readonly texts: readonly (string | undefined)[]
  idOf(text: string): number | undefined
  /** Id of the piece that is one character; of any other, a number past the ids that stands for it. */
  symbolOf(code: number): number
}

/** Every pair that joins, with its rank. Throws `InvalidTokenizerError`. */
export function joinsOf(joins: Joins, pieces: Pieces): Generator<Merge> {
  return joins.by === 'rank' ? byRank(joins.merges, pieces) : byScore(joins.scores, pieces)
}

function* byRank(merges: readonly (readonly [number, number])[], { texts, idOf }: Pieces): Generator<Merge> {
  if (merges.length >= MAX_TOKENS) throw new InvalidTokenizerError(`it has ${merges.length} merges`)
  for (const [rank, [left, right]] of merges.entries()) {
    const [a, b] = [texts[left], texts[right]]
    if (a === undefined || b === undefined) {
      throw new InvalidTokenizerError(`merge ${rank} names the id ${a === undefined ? left : right}, which is no piece`)
    }
    const into = idOf(a + b)
    if (into === undefined) throw new InvalidTokenizerError(`merge ${rank} of "${a}" and "${b}" gives what is no piece`)
    yield { left, right, into, rank }
  }
}

/** All ways to cut a piece in two that can come up: each part is a piece or a single character. Pieces of one score share a rank. */
function* byScore(scores: ArrayLike<number>, { texts, idOf, symbolOf }: Pieces): Generator<Merge> {
  const ranks = ranksOf(scores, texts)
  const partOf = (part: readonly string[]) =>
    part.length === 1 ? symbolOf(part[0]?.codePointAt(0) ?? 0) : idOf(part.join(''))
  let count = 0
  for (const [into, text] of texts.entries()) {
    if (text === undefined) continue
    const characters = Array.from(text)
    for (let cut = 1; cut < characters.length; cut += 1) {
      const left = partOf(characters.slice(0, cut))
      const right = left === undefined ? undefined : partOf(characters.slice(cut))
      if (left === undefined || right === undefined) continue
      count += 1
      if (count >= MAX_TOKENS) throw new InvalidTokenizerError(`more than ${MAX_TOKENS} pairs of its pieces join`)
      yield { left, right, into, rank: ranks.get(scores[into] ?? 0) ?? 0 }
    }
  }
}

function ranksOf(scores: ArrayLike<number>, texts: Pieces['texts']): Map<number, number> {
  const distinct = new Set<number>()
  for (const [id, text] of texts.entries()) {
    if (text === undefined) continue
    const score = scores[id]
    if (score === undefined || !Number.isFinite(score)) {
      throw new InvalidTokenizerError(`the score of the piece "${text}" is ${score ?? 'missing'}`)
    }
    distinct.add(score)
  }
  return new Map([...distinct].sort((a, b) => b - a).map((score, rank) => [score, rank]))
}
