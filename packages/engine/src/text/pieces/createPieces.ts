import { createDecoder } from '../bpe/createDecoder.ts'
import { MAX_TOKENS } from '../bpe/mergeTable.ts'
import { InvalidTokenizerError } from '../errors.ts'
import type { PieceAddedToken, Tokenizer } from '../tokenizer.ts'
import { MARK } from './createMarker.ts'
import type { Pieces } from './joins.ts'

/** Longest piece. All ways to cut it are looked at, so that without a bound a small file could take hours to open. */
const MAX_PIECE_BYTES = 512

export type PiecesParameters = {
  pieces: readonly (string | undefined)[]
  bytes: ArrayLike<number>
  added: readonly PieceAddedToken[]
  begin: readonly number[]
  takesBlankOff: boolean
}

export type PieceVocabulary = Pieces & {
  readonly size: number
  readonly decode: Tokenizer['decode']
}

/** Checks that nobody can read the table in two ways, and that every byte has a token. Throws `InvalidTokenizerError`. */
export function createPieces({ pieces, bytes, added, begin, takesBlankOff }: PiecesParameters): PieceVocabulary {
  const highest = added.reduce((most, { id }) => Math.max(most, id), pieces.length - 1)
  const size = Array.from(bytes).reduce((most, id) => Math.max(most, id), highest) + 1
  if (size > MAX_TOKENS) throw new InvalidTokenizerError(`it has ids up to ${size - 1}; ${MAX_TOKENS} is the limit`)
  const ids = readPieces(pieces)
  const meaning = new Map<number, Uint8Array>()
  for (const [id, text] of pieces.entries()) if (text !== undefined) meaning.set(id, unmarked(text))
  const twin = added.find(({ id, content }) => ids.has(content) && ids.get(content) !== id)
  if (twin) throw new InvalidTokenizerError(`tokens ${ids.get(twin.content)} and ${twin.id} are the same`)
  readAdded(added, pieces, meaning)
  readBytes(bytes, meaning)
  for (const id of begin) {
    if (!meaning.has(id)) throw new InvalidTokenizerError(`the first id of texts, ${id}, has no token`)
  }
  const singles = new Map<number, number>()
  for (const [text, id] of ids) {
    const code = text.codePointAt(0) ?? 0
    if (text === String.fromCodePoint(code)) singles.set(code, id)
  }
  return {
    size,
    texts: pieces,
    idOf: (text) => ids.get(text),
    symbolOf: (code) => singles.get(code) ?? size + code,
    decode: createDecoder({
      size,
      bytesOf: (id) => meaning.get(id),
      specials: new Set(added.filter(({ special }) => special).map(({ id }) => id)),
      takesBlankOff,
    }),
  }
}

function readPieces(pieces: PiecesParameters['pieces']): Map<string, number> {
  const ids = new Map<string, number>()
  for (const [id, text] of pieces.entries()) {
    if (text === undefined) continue
    const other = ids.get(text)
    if (other !== undefined) throw new InvalidTokenizerError(`tokens ${other} and ${id} are the same`)
    if (text === '') throw new InvalidTokenizerError(`token ${id} is empty`)
    if (!text.isWellFormed()) throw new InvalidTokenizerError(`token ${id} has half a character`)
    const { length } = new TextEncoder().encode(text)
    if (length > MAX_PIECE_BYTES) {
      throw new InvalidTokenizerError(`token ${id} has ${length} bytes, ${MAX_PIECE_BYTES} are the most`)
    }
    ids.set(text, id)
  }
  return ids
}

/** A user-defined token may be a piece too, that of the same id and text. */
function readAdded(
  added: readonly PieceAddedToken[],
  pieces: PiecesParameters['pieces'],
  meaning: Map<number, Uint8Array>,
): void {
  const seen = new Set<number>()
  const contents = new Set<string>()
  for (const { id, content, special, marked } of added) {
    if (!Number.isSafeInteger(id) || id < 0) {
      throw new InvalidTokenizerError(`the added token "${content}" has the id ${id}`)
    }
    if (content === '' || marked === '') throw new InvalidTokenizerError(`the added token ${id} is empty`)
    const isPieceToo = !special && pieces[id] === content
    if (seen.has(id) || (meaning.has(id) && !isPieceToo)) throw new InvalidTokenizerError(`the id ${id} has two tokens`)
    if (contents.has(content)) throw new InvalidTokenizerError(`the added token "${content}" is there twice`)
    seen.add(id)
    contents.add(content)
    meaning.set(id, unmarked(marked ?? content))
  }
}

function readBytes(bytes: ArrayLike<number>, meaning: Map<number, Uint8Array>): void {
  for (let byte = 0; byte < 256; byte += 1) {
    const id = bytes[byte]
    if (id === undefined || !Number.isSafeInteger(id) || id < 0) {
      throw new InvalidTokenizerError(`the byte 0x${byte.toString(16).padStart(2, '0')} has no token`)
    }
    if (meaning.has(id)) throw new InvalidTokenizerError(`the id ${id} has two tokens`)
    meaning.set(id, Uint8Array.of(byte))
  }
}

function unmarked(text: string): Uint8Array {
  return new TextEncoder().encode(text.replaceAll(MARK, ' '))
}
