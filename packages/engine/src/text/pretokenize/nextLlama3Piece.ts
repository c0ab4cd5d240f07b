import { LETTER, NUMBER, OTHER, SPACE } from '../unicode/classTable.ts'
import type { Symbols } from '../unicode/readSymbols.ts'
import { contractionLength } from './contractionLength.ts'
import { BLANK, endOfRun, endOfSpaces, isNewline } from './splitter.ts'

/** Digits that make one piece. */
const DIGITS = 3

/**
 * Pattern `llama3` of specs/text.md: `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
 */
export function nextLlama3Piece(symbols: Symbols, at: number, end: number): number {
  const { kind, code } = symbols
  const contraction = contractionLength(symbols, at, end, 'any')
  if (contraction) return at + contraction
  if (kind[at] === LETTER) return endOfRun(symbols, at, end, LETTER)
  if (kind[at] === NUMBER) return Math.min(endOfRun(symbols, at, end, NUMBER), at + DIGITS)
  // One symbol of any kind but a newline may stand before letters.
  if (!isNewline(symbols, at) && at + 1 < end && kind[at + 1] === LETTER) return endOfRun(symbols, at + 1, end, LETTER)
  const first = code[at] === BLANK && at + 1 < end ? at + 1 : at
  if (kind[first] === OTHER) {
    let stop = endOfRun(symbols, first, end, OTHER)
    while (stop < end && isNewline(symbols, stop)) stop += 1
    return stop
  }
  const runEnd = endOfRun(symbols, at, end, SPACE)
  for (let last = runEnd - 1; last >= at; last -= 1) if (isNewline(symbols, last)) return last + 1
  return endOfSpaces(at, runEnd, end)
}
