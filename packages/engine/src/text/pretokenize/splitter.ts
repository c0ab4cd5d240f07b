import type { Symbols } from '../unicode/readSymbols.ts'

/** End (a symbol's index) of the piece that begins at symbol `at`, in a text that ends before symbol `end`; `at` < `end`. */
export type NextPiece = (symbols: Symbols, at: number, end: number) => number

export const APOSTROPHE = 0x27
export const BLANK = 0x20
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** First symbol from `at` on that is not of class `kind`. */
export function endOfRun({ kind }: Symbols, at: number, end: number, of: number): number {
  while (at < end && kind[at] === of) at += 1
  return at
}

export function isNewline({ code }: Symbols, at: number): boolean {
  return code[at] === LINE_FEED || code[at] === CARRIAGE_RETURN
}

/**
 * A run of spaces that begins at `at`: all of it at the end of the text, else all but its last, which belongs to the piece that
 * follows; a single one alone. (`\s+(?!\S)|\s+` of the regular expressions that models were trained with.)
 */
export function endOfSpaces(at: number, runEnd: number, end: number): number {
  return runEnd === end || runEnd === at + 1 ? runEnd : runEnd - 1
}
