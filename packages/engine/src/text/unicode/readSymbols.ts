import { OTHER } from './classTable.ts'

/** A text cut into symbols: characters, and single bytes where it is not UTF-8. Symbol i is the bytes from `start[i]` to `start[i + 1]`. */
export type Symbols = {
  readonly count: number
  readonly start: Uint32Array
  /** Code point; `NOT_UTF8` for a byte that is part of no character. */
  readonly code: Uint32Array
  /** Class of each symbol: `LETTER`, `NUMBER`, `SPACE` or `OTHER`. */
  readonly kind: Uint8Array
}

/** Past every code point, and in no class but `OTHER`. */
export const NOT_UTF8 = 0x110000

/** Symbols of `bytes`, classes from `table`. Characters are those of Unicode's table of well-formed UTF-8 (section 3.9, table 3-7). */
export function readSymbols(bytes: Uint8Array, table: Uint8Array): Symbols {
  const start = new Uint32Array(bytes.length + 1)
  const code = new Uint32Array(bytes.length)
  const kind = new Uint8Array(bytes.length)
  let count = 0
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at)
    const point = codePoint(bytes, at, length)
    start[count] = at
    code[count] = point
    kind[count] = table[point] ?? OTHER
    count += 1
    at += length || 1
  }
  start[count] = bytes.length
  return { count, start, code, kind }
}

/** Bytes of the well-formed character that begins at `at`; 0 where none does. */
function characterLength(bytes: Uint8Array, at: number): 0 | 1 | 2 | 3 | 4 {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  const second = bytes[at + 1] ?? 0
  if (lead >= 0xc2 && lead <= 0xdf) return isContinuation(second) ? 2 : 0
  if (lead >= 0xe0 && lead <= 0xef) {
    // Not overlong, no surrogate.
    const low = lead === 0xe0 ? 0xa0 : 0x80
    const high = lead === 0xed ? 0x9f : 0xbf
    return second >= low && second <= high && isContinuation(bytes[at + 2]) ? 3 : 0
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    // Not overlong, not past U+10FFFF.
    const low = lead === 0xf0 ? 0x90 : 0x80
    const high = lead === 0xf4 ? 0x8f : 0xbf
    return second >= low && second <= high && isContinuation(bytes[at + 2]) && isContinuation(bytes[at + 3]) ? 4 : 0
  }
  return 0
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

function codePoint(bytes: Uint8Array, at: number, length: 0 | 1 | 2 | 3 | 4): number {
  const tail = (offset: number) => (bytes[at + offset] ?? 0) & 0x3f
  const lead = bytes[at] ?? 0
  switch (length) {
    case 0:
      return NOT_UTF8
    case 1:
      return lead
    case 2:
      return ((lead & 0x1f) << 6) | tail(1)
    case 3:
      return ((lead & 0x0f) << 12) | (tail(1) << 6) | tail(2)
    case 4:
      return ((lead & 0x07) << 18) | (tail(1) << 12) | (tail(2) << 6) | tail(3)
  }
}
