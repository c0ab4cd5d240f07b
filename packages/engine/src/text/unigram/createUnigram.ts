import { normalizeText, SPACE_MARK } from './normalizeText.ts'
import { UNKNOWN, type Vocabulary } from './parseVocabulary.ts'
import { buildPieceTrie, NONE, ROOT } from './pieceTrie.ts'

/** A piece of the normalised text: `text` is what it covers, `id` its place in the vocabulary. */
export type Segment = { id: number; text: string }

export type Unigram = {
  /** Ids of the pieces of `text`, in order. */
  encode(text: string): Int32Array
  /** The same with what each piece covers; the covers joined are the normalised text. */
  segment(text: string): Segment[]
  /** The pieces of ids as a text, the first with the space that stands before it; ids without a piece have no text. */
  decode(ids: Uint32Array): string
}

/**
 * SentencePiece unigram tokenizer (Kudo, 2018, arXiv:1804.10959): of all ways to cut the normalised text into pieces, the one
 * with the highest sum of scores, found in time linear in the text (times the longest piece). Where no piece begins, one code
 * unit is unknown, at no cost; a run of unknowns is one id. Never throws, whatever the text. Gives the ids of the tokenizer
 * that is published with the model (`@energetic-ai/embeddings`).
 */
export function createUnigram(vocabulary: Vocabulary): Unigram {
  const trie = buildPieceTrie(vocabulary)
  const { scores } = vocabulary
  // Working memory, kept between calls: score of the best way to each position, the id of its last piece and where that starts.
  let best = new Float64Array(256)
  let ids = new Int32Array(256)
  let starts = new Int32Array(256)

  function relax(start: number, end: number, id: number, score: number): void {
    const total = (best[start] ?? 0) + score
    const known = best[end] ?? 0
    // 0 is also "nothing found yet", as in the published tokenizer. They differ only where a real score is 0, see parseVocabulary.
    if (known !== 0 && total < known) return
    best[end] = total
    ids[end] = id
    starts[end] = start
  }

  function relaxFrom(start: number, text: string): void {
    let found = false
    let node = ROOT
    for (let i = start; i < text.length; i++) {
      node = trie.next(node, text.charCodeAt(i))
      if (node === NONE) break
      const id = trie.pieceAt(node)
      if (id === NONE) continue
      found = true
      relax(start, i + 1, id, scores[id] ?? 0)
    }
    if (!found) relax(start, start + 1, UNKNOWN, 0)
  }

  /** Fills the working memory for `text`. */
  function search(text: string): void {
    if (best.length <= text.length) {
      const size = 2 ** Math.ceil(Math.log2(text.length + 1))
      best = new Float64Array(size)
      ids = new Int32Array(size)
      starts = new Int32Array(size)
    }
    best.fill(0, 0, text.length + 1)
    for (let start = 0; start < text.length; start++) relaxFrom(start, text)
  }

  /** Calls `visit` for the pieces of the best way, last first; a run of unknowns counts as one. */
  function walkBack(length: number, visit: (id: number, start: number, end: number) => void): void {
    let start: number
    for (let end = length; end > 0; end = start) {
      const id = ids[end] ?? UNKNOWN
      start = starts[end] ?? 0
      if (id === UNKNOWN) while (start > 0 && ids[start] === UNKNOWN) start = starts[start] ?? 0
      visit(id, start, end)
    }
  }

  return {
    encode(text) {
      const normalized = normalizeText(text)
      search(normalized)
      // Written from the back of an array that is long enough for one id per code unit.
      const found = new Int32Array(normalized.length)
      let first = found.length
      walkBack(normalized.length, (id) => {
        found[--first] = id
      })
      return found.subarray(first)
    },
    segment(text) {
      const normalized = normalizeText(text)
      search(normalized)
      const segments: Segment[] = []
      walkBack(normalized.length, (id, start, end) => segments.push({ id, text: normalized.slice(start, end) }))
      return segments.reverse()
    },
    decode: (ids) =>
      Array.from(ids, (id) => vocabulary.pieces[id] ?? '')
        .join('')
        .replaceAll(SPACE_MARK, ' '),
  }
}
