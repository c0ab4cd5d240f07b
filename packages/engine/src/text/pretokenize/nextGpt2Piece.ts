import { LETTER, NUMBER, OTHER, SPACE } from '../unicode/classTable.ts'
import type { Symbols } from '../unicode/readSymbols.ts'
import { contractionLength } from './contractionLength.ts'
import { BLANK, endOfRun, endOfSpaces } from './splitter.ts'

/**
 * Pattern `gpt2` of specs/text.md: what GPT-2 was trained with,
 * `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
 */
export function nextGpt2Piece(symbols: Symbols, at: number, end: number): number {
  const contraction = contractionLength(symbols, at, end, 'lower')
  if (contraction) return at + contraction
  // One blank may stand before letters, numbers or other symbols.
  const first = symbols.code[at] === BLANK && at + 1 < end ? at + 1 : at
  const kind = symbols.kind[first]
  if (kind === LETTER || kind === NUMBER || kind === OTHER) return endOfRun(symbols, first, end, kind)
  return endOfSpaces(at, endOfRun(symbols, at, end, SPACE), end)
}
