import { TextTooLongError } from '../errors.ts'

/** U+2581, which stands for a blank in pieces. */
export const MARK = '\u2581'
const MARK_BYTES = Uint8Array.of(0xe2, 0x96, 0x81)
const BLANK = 0x20

/** Which stretches of a text get a mark before them. `unlessThere`: not those that begin with a mark. */
export type MarkBefore = { readonly stretches: 'each' | 'first'; readonly unlessThere: boolean }

export type MarkerParameters = {
  before?: MarkBefore | undefined
  /** Of blanks in a row one is left, at the front and the end none. */
  trims: boolean
  /** Most bytes of a marked stretch. */
  most: number
}

/**
 * Gives the function that writes a stretch with marks for blanks (specs/text.md, step 3 of tokenizers of pieces); `first`: the stretch begins where
 * the text does. Throws `TextTooLongError`.
 */
export function createMarker({
  before,
  trims,
  most,
}: MarkerParameters): (bytes: Uint8Array, first: boolean) => Uint8Array {
  return (bytes, first) => {
    const isLeftOut = (at: number) => trims && bytes[at] === BLANK && (at === 0 || bytes[at - 1] === BLANK)
    let length = MARK_BYTES.length
    for (let at = 0; at < bytes.length; at += 1) length += bytes[at] === BLANK ? MARK_BYTES.length : 1
    if (length - MARK_BYTES.length > most) throw new TextTooLongError(length, most)
    const marked = new Uint8Array(length)
    // The first place is kept for the mark before.
    let end = MARK_BYTES.length
    for (let at = 0; at < bytes.length; at += 1) {
      if (isLeftOut(at)) continue
      if (bytes[at] === BLANK) {
        marked.set(MARK_BYTES, end)
        end += MARK_BYTES.length
      } else {
        marked[end] = bytes[at] ?? 0
        end += 1
      }
    }
    if (end === MARK_BYTES.length) return new Uint8Array()
    const wanted = before !== undefined && (first || before.stretches === 'each')
    const isThere = before?.unlessThere === true && isMark(marked, MARK_BYTES.length)
    const from = wanted && !isThere ? 0 : MARK_BYTES.length
    if (from === 0) marked.set(MARK_BYTES)
    while (trims && end > from && isMark(marked, end - MARK_BYTES.length)) end -= MARK_BYTES.length
    return marked.subarray(from, end)
  }
}

function isMark(bytes: Uint8Array, at: number): boolean {
  return MARK_BYTES.every((byte, i) => bytes[at + i] === byte)
}
