import { InvalidTokenizerError, TextTooLongError } from '../errors.ts'
import { type Pattern, splitText } from '../pretokenize/splitText.ts'
import type { AddedToken, Tokenizer } from '../tokenizer.ts'
import { classTable } from '../unicode/classTable.ts'
import { readSymbols } from '../unicode/readSymbols.ts'
import { createMerger, MAX_PIECE_TOKENS } from './createMerger.ts'
import { bytesKey, createVocabulary } from './createVocabulary.ts'
import { createFinder } from './findAdded.ts'
import { IdList } from './idList.ts'
import { MAX_TOKENS, type Merge, mergeTable } from './mergeTable.ts'

export type BpeParameters = {
  /** Bytes of each token by its id; `undefined` where an id is free or an added token's. */
  vocab: readonly (Uint8Array | undefined)[]
  /** Pairs of ids, the first being merged first. What a pair becomes is the token of their joined bytes. */
  merges: readonly (readonly [left: number, right: number])[]
  /** Tokens outside the merges, special or user-defined. */
  added?: readonly AddedToken[]
  pattern: Pattern
  /** A piece that is a token as a whole is that token, whatever the merges say (Llama 3; `ignore_merges` in Hugging Face files). */
  wholePieces?: boolean
  /** Ids that stand before every text. */
  begin?: readonly number[]
}

/**
 * Byte-level byte-pair encoding, as specs/text.md defines it: every byte is a token, so every text has ids and
 * `decode(encode(text))` is the text. Throws `InvalidTokenizerError` for tables that do not hold together.
 */
export function createBpe(parameters: BpeParameters): Tokenizer {
  const { vocab, merges, added = [], pattern, wholePieces = false, begin = [] } = parameters
  const vocabulary = createVocabulary({ vocab, added, begin })
  const byteTokens = Int32Array.from({ length: 256 }, (_, byte) => {
    const id = vocabulary.idOf(Uint8Array.of(byte))
    if (id === undefined)
      throw new InvalidTokenizerError(`the byte 0x${byte.toString(16).padStart(2, '0')} has no token`)
    return id
  })
  const merge = createMerger(mergeTable(readMerges(merges, vocab, vocabulary.idOf), vocabulary.size))
  const classes = classTable()
  const find = createFinder(added)

  /** Appends the ids of `bytes`, in which no added token is looked for. */
  const encodePlain = (bytes: Uint8Array, ids: IdList): void => {
    const symbols = readSymbols(bytes, classes)
    splitText(symbols, pattern, (first, end) => {
      const piece = bytes.subarray(symbols.start[first], symbols.start[end])
      const whole = wholePieces ? vocabulary.idOf(piece) : undefined
      if (whole !== undefined) {
        ids.push(whole)
        return
      }
      const room = ids.room(piece.length)
      for (let i = 0; i < piece.length; i += 1) room[i] = byteTokens[piece[i] ?? 0] ?? 0
      ids.grow(merge(room, piece.length))
    })
  }

  return {
    size: vocabulary.size,
    begin,
    specials: vocabulary.specials,
    encode(text, { specials = false } = {}) {
      const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
      if (bytes.length > MAX_PIECE_TOKENS) throw new TextTooLongError(bytes.length, MAX_PIECE_TOKENS)
      const ids = new IdList()
      let from = 0
      for (const found of find(bytes, specials)) {
        encodePlain(bytes.subarray(from, found.from), ids)
        ids.push(found.id)
        from = found.to
      }
      encodePlain(bytes.subarray(from), ids)
      return ids.toArray()
    },
    decode: vocabulary.decode,
  }
}

function* readMerges(
  merges: BpeParameters['merges'],
  vocab: BpeParameters['vocab'],
  idOf: (bytes: Uint8Array) => number | undefined,
): Generator<Merge> {
  if (merges.length >= MAX_TOKENS) throw new InvalidTokenizerError(`it has ${merges.length} merges`)
  for (const [rank, [left, right]] of merges.entries()) {
    const a = vocab[left]
    const b = vocab[right]
    if (!a || !b) throw new InvalidTokenizerError(`merge ${rank} names the id ${a ? right : left}, which has no bytes`)
    const joined = new Uint8Array(a.length + b.length)
    joined.set(a)
    joined.set(b, a.length)
    const into = idOf(joined)
    if (into === undefined) {
      throw new InvalidTokenizerError(`merge ${rank} of "${bytesKey(a)}" and "${bytesKey(b)}" gives what is no token`)
    }
    yield { left, right, into, rank }
  }
}
