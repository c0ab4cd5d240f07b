import type { Symbols } from '../unicode/readSymbols.ts'
import { APOSTROPHE } from './splitter.ts'

const [D, E, L, M, R, S, T, V] = Array.from('delmrstv', (letter) => letter.charCodeAt(0))
/** U+017F, the long s, is the one other letter that case folding makes one of these (Unicode's CaseFolding.txt, status C). */
const LONG_S = 0x17f

/**
 * Symbols of the English contraction that begins at `at` (`'s 't 're 've 'm 'll 'd`), 0 where none does. `case`: small letters only, or
 * any case.
 */
export function contractionLength(symbols: Symbols, at: number, end: number, letterCase: 'lower' | 'any'): 0 | 2 | 3 {
  const { code } = symbols
  if (code[at] !== APOSTROPHE) return 0
  const letter = (index: number) => (index < end ? fold(code[index] ?? 0, letterCase) : 0)
  const first = letter(at + 1)
  if (first === S || first === T || first === M || first === D) return 2
  const second = letter(at + 2)
  return ((first === R || first === V) && second === E) || (first === L && second === L) ? 3 : 0
}

function fold(code: number, letterCase: 'lower' | 'any'): number {
  if (letterCase === 'lower') return code
  if (code === LONG_S) return S ?? 0
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code
}
