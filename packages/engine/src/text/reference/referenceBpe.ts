import { Buffer } from 'node:buffer'
import type { Pattern } from '../pretokenize/splitText.ts'
import type { ClassRange } from '../testing/makeClassRanges.ts'
import { charactersOf } from './charactersOf.ts'

/**
 * specs/text.md a second time, as literally as it reads and with nothing in common with the product: regular expressions over a
 * string, and the merge rule as a loop over all pairs. Slow on purpose.
 */
export type ReferenceParameters = {
  ranges: readonly ClassRange[]
  vocab: readonly (Uint8Array | undefined)[]
  merges: readonly (readonly [number, number])[]
  pattern: Pattern
  wholePieces?: boolean
}

/** Stands for a byte that is not UTF-8: a noncharacter, in no class. Texts that hold the noncharacter itself read the same. */
const STRANGE = '\u{10ffff}'

export function referenceEncode(bytes: Uint8Array, parameters: ReferenceParameters): number[] {
  const characters = charactersOf(bytes)
  const text = characters.map((c) => (typeof c === 'string' ? c : STRANGE)).join('')
  const ids: number[] = []
  let at = 0
  for (const piece of piecesOf(text, parameters)) {
    const length = [...piece].length
    const raw = Buffer.concat(
      characters.slice(at, at + length).map((c) => (typeof c === 'string' ? Buffer.from(c) : Buffer.from([c]))),
    )
    ids.push(...encodePiece(raw, parameters))
    at += length
  }
  return ids
}

function piecesOf(text: string, { ranges, pattern }: ReferenceParameters): string[] {
  const set = (kind: 1 | 2) =>
    ranges
      .filter((range) => range[2] === kind)
      .map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`)
      .join('')
  const L = set(1)
  const N = set(2)
  const S = '\\t-\\r \\u{85}\\u{a0}\\u{1680}\\u{2000}-\\u{200a}\\u{2028}\\u{2029}\\u{202f}\\u{205f}\\u{3000}'
  const spaces = `[${S}]+(?![^${S}])|[${S}]+`
  const gpt2 = `'s|'t|'re|'ve|'m|'ll|'d| ?[${L}]+| ?[${N}]+| ?[^${S}${L}${N}]+|${spaces}`
  const contractions = "'[sSſ]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]"
  const llama3 = `${contractions}|[^\\r\\n${L}${N}]?[${L}]+|[${N}]{1,3}| ?[^${S}${L}${N}]+[\\r\\n]*|[${S}]*[\\r\\n]+|${spaces}`
  const matches = (source: string, part: string) => [...part.matchAll(new RegExp(source, 'gu'))].map(([match]) => match)
  switch (pattern) {
    case 'gpt2':
      return matches(gpt2, text)
    case 'llama3':
      return matches(llama3, text)
    case 'smollm':
      return matches(`[${N}]|[^${N}]+`, text).flatMap((part) => matches(gpt2, part))
    case 'none':
      return text === '' ? [] : [text]
  }
}

function encodePiece(bytes: Buffer, { vocab, merges, wholePieces }: ReferenceParameters): number[] {
  const idOf = (token: Buffer) => vocab.findIndex((other) => other !== undefined && token.equals(other))
  if (wholePieces && idOf(bytes) >= 0) return [idOf(bytes)]
  const tokens = [...bytes].map((byte) => Buffer.from([byte]))
  for (;;) {
    let best = Number.POSITIVE_INFINITY
    let place = -1
    for (let i = 0; i + 1 < tokens.length; i += 1) {
      const [left, right] = [tokens[i], tokens[i + 1]]
      if (!left || !right) continue
      const rank = merges.findIndex(([a, b]) => vocab[a] && vocab[b] && left.equals(vocab[a]) && right.equals(vocab[b]))
      if (rank >= 0 && rank < best) [best, place] = [rank, i]
    }
    if (place < 0) return tokens.map(idOf)
    tokens.splice(place, 2, Buffer.concat(tokens.slice(place, place + 2)))
  }
}
