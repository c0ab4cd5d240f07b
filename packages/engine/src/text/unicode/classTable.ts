import { LETTERS, NUMBERS } from './generated/classes.ts'

/** What a pre-tokeniser tells apart. `OTHER` holds everything else: punctuation, marks, symbols, bytes that are not UTF-8. */
export const OTHER = 0
export const LETTER = 1
export const NUMBER = 2
export const SPACE = 3

/** Unicode's White_Space, which has been the same since version 6.3: first and last code point of each run. */
const SPACES: readonly (readonly [number, number])[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
]

/**
 * Class of every code point up to the last that has one; those past the end are `OTHER`. The table is the repository's and not the
 * engine's `\p{L}`, whose answer depends on the Unicode version that the engine was built with. 216 kB, a fraction of a millisecond.
 */
export function classTable(): Uint8Array {
  const letters = decodeRanges(LETTERS)
  const numbers = decodeRanges(NUMBERS)
  const table = new Uint8Array(Math.max(endOf(letters), endOf(numbers)))
  for (const [first, end] of letters) table.fill(LETTER, first, end)
  for (const [first, end] of numbers) table.fill(NUMBER, first, end)
  for (const [first, last] of SPACES) table.fill(SPACE, first, last + 1)
  return table
}

/** `gap` or `gap.length`, in base 36, the gap counted from the end of the range before; gives first code point and end. */
function decodeRanges(text: string): [first: number, end: number][] {
  let end = 0
  return text.split(' ').map((range) => {
    const [gap = '', length = '1'] = range.split('.')
    const first = end + Number.parseInt(gap, 36)
    end = first + Number.parseInt(length, 36)
    return [first, end]
  })
}

function endOf(ranges: readonly (readonly [number, number])[]): number {
  return ranges.at(-1)?.[1] ?? 0
}
