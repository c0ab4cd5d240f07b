import { NUMBER } from '../unicode/classTable.ts'
import type { Symbols } from '../unicode/readSymbols.ts'
import { nextGpt2Piece } from './nextGpt2Piece.ts'
import { nextLlama3Piece } from './nextLlama3Piece.ts'
import type { NextPiece } from './splitter.ts'

/** The pre-tokenisers that specs/text.md defines. */
export const PATTERNS = ['gpt2', 'llama3', 'smollm', 'none'] as const
export type Pattern = (typeof PATTERNS)[number]

/** Cuts `symbols` into pieces, which merges never cross; calls `piece` with first symbol and end of each, in order, without gap. */
export function splitText(symbols: Symbols, pattern: Pattern, piece: (from: number, to: number) => void): void {
  switch (pattern) {
    case 'gpt2':
      splitSpan(symbols, 0, symbols.count, nextGpt2Piece, piece)
      break
    case 'llama3':
      splitSpan(symbols, 0, symbols.count, nextLlama3Piece, piece)
      break
    case 'smollm':
      splitAtNumbers(symbols, piece)
      break
    case 'none':
      if (symbols.count > 0) piece(0, symbols.count)
  }
}

/** Every number by itself; what lies between two numbers is a text of its own, cut as GPT-2 does. */
function splitAtNumbers(symbols: Symbols, piece: (from: number, to: number) => void): void {
  let from = 0
  for (let at = 0; at < symbols.count; at += 1) {
    if (symbols.kind[at] !== NUMBER) continue
    splitSpan(symbols, from, at, nextGpt2Piece, piece)
    piece(at, at + 1)
    from = at + 1
  }
  splitSpan(symbols, from, symbols.count, nextGpt2Piece, piece)
}

function splitSpan(
  symbols: Symbols,
  from: number,
  end: number,
  next: NextPiece,
  piece: (from: number, to: number) => void,
): void {
  while (from < end) {
    const to = next(symbols, from, end)
    piece(from, to)
    from = to
  }
}
