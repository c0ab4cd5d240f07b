import { createMerger, MAX_PIECE_TOKENS } from '../bpe/createMerger.ts'
import { createFinder, type Found } from '../bpe/findAdded.ts'
import { IdList } from '../bpe/idList.ts'
import { mergeTable } from '../bpe/mergeTable.ts'
import { TextTooLongError } from '../errors.ts'
import type { PieceAddedToken, Tokenizer } from '../tokenizer.ts'
import { NOT_UTF8, readSymbols, type Symbols } from '../unicode/readSymbols.ts'
import { createMarker, MARK, type MarkBefore } from './createMarker.ts'
import { createPieces } from './createPieces.ts'
import { type Joins, joinsOf } from './joins.ts'

export type PieceBpeParameters = {
  /** Text of each piece by its id, U+2581 for a blank; `undefined` where an id is free, a byte's or an added token's. */
  pieces: readonly (string | undefined)[]
  /** Id of the token of each of the 256 bytes. */
  bytes: ArrayLike<number>
  joins: Joins
  /** Tokens outside the pieces, special or user-defined. */
  added?: readonly PieceAddedToken[]
  /** Where a mark is put before; nowhere by default. */
  before?: MarkBefore | undefined
  /** Nothing joins across a blank: each mark begins a word. */
  words?: boolean
  /** Of blanks in a row one is read, at the front and the end of a text none. */
  trims?: boolean
  /** `decode` leaves out a blank at the front of a text. */
  takesBlankOff?: boolean
  /** Ids that stand before every text. */
  begin?: readonly number[]
}

/** No pattern cuts these texts, so symbols need no class. */
const NO_CLASSES = new Uint8Array()
const MARK_CODE = MARK.codePointAt(0)
/** Characters, and the 256 bytes that may be none: what is no piece is numbered so, past the ids. */
const SYMBOLS = NOT_UTF8 + 256

/**
 * Byte-pair encoding over characters, as SentencePiece and what descends from it do it (specs/text.md, tokenizers of pieces): blanks are marks,
 * and what is no piece becomes bytes. Throws `InvalidTokenizerError` for tables that do not hold together.
 */
export function createPieceBpe(parameters: PieceBpeParameters): Tokenizer {
  const { pieces, bytes, joins, added = [], before, words = false, trims = false, begin = [] } = parameters
  const vocabulary = createPieces({ pieces, bytes, added, begin, takesBlankOff: parameters.takesBlankOff ?? false })
  const { size } = vocabulary
  const merge = createMerger(mergeTable(joinsOf(joins, vocabulary), size + SYMBOLS))
  const mark = createMarker({ before, trims, most: MAX_PIECE_TOKENS })
  const findInText = createFinder(added.filter(({ marked }) => marked === undefined))
  const findInMarked = createFinder(
    added.flatMap(({ marked, ...token }) => (marked === undefined ? [] : [{ ...token, content: marked }])),
  )

  /** Appends the ids of marked bytes in which no added token is looked for. */
  const encodePlain = (marked: Uint8Array, ids: IdList): void => {
    const symbols = readSymbols(marked, NO_CLASSES)
    for (let from = 0; from < symbols.count; ) {
      const end = words ? endOfWord(symbols, from) : symbols.count
      const tokens = Int32Array.from(symbols.code.subarray(from, end), (code, i) =>
        code === NOT_UTF8 ? size + NOT_UTF8 + (marked[symbols.start[from + i] ?? 0] ?? 0) : vocabulary.symbolOf(code),
      )
      const left = merge(tokens, tokens.length)
      for (const token of tokens.subarray(0, left)) {
        if (token < size) ids.push(token)
        else for (const byte of bytesOfSymbol(token - size)) ids.push(bytes[byte] ?? 0)
      }
      from = end
    }
  }

  return {
    size,
    begin,
    specials: new Map(added.filter(({ special }) => special).map(({ content, id }) => [content, id])),
    encode(text, { specials = false } = {}) {
      const all = typeof text === 'string' ? new TextEncoder().encode(text) : text
      if (all.length > MAX_PIECE_TOKENS) throw new TextTooLongError(all.length, MAX_PIECE_TOKENS)
      const ids = new IdList()
      eachStretch(all, findInText(all, specials), ids, (stretch, at) => {
        const marked = mark(stretch, at === 0)
        // Marked bytes stand elsewhere than the text's: ranges of those say nothing about them.
        eachStretch(marked, findInMarked(marked, specials === true), ids, (plain) => encodePlain(plain, ids))
      })
      return ids.toArray()
    },
    decode: vocabulary.decode,
  }
}

function bytesOfSymbol(symbol: number): Uint8Array {
  return symbol < NOT_UTF8 ? new TextEncoder().encode(String.fromCodePoint(symbol)) : Uint8Array.of(symbol - NOT_UTF8)
}

/** Appends the ids that were found, and calls `encode` with what lies before, between and after them. */
function eachStretch(
  bytes: Uint8Array,
  hits: readonly Found[],
  ids: IdList,
  encode: (stretch: Uint8Array, at: number) => void,
): void {
  let at = 0
  for (const found of hits) {
    if (found.from > at) encode(bytes.subarray(at, found.from), at)
    ids.push(found.id)
    at = found.to
  }
  if (at < bytes.length) encode(bytes.subarray(at), at)
}

function endOfWord({ code, count }: Symbols, from: number): number {
  for (let at = from + 1; at < count; at += 1) if (code[at] === MARK_CODE) return at
  return count
}
