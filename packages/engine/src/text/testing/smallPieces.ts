import type { PieceBpeParameters } from '../pieces/createPieceBpe.ts'
import { SAMPLE_TEXT } from './smallBpe.ts'

/** Ids 0 to 2 are the special tokens, 3 to 258 the bytes; pieces follow. */
export const SPECIALS = ['<unk>', '<s>', '</s>']
const FIRST_PIECE = SPECIALS.length + 256

export type SmallPieces = Required<Pick<PieceBpeParameters, 'pieces' | 'bytes' | 'added'>> & {
  scores: readonly number[]
  merges: readonly (readonly [number, number])[]
}

/** A table of `texts` as pieces, the first with the highest score; merges are all ways to cut them, piece by piece. */
export function piecesOf(texts: readonly string[]): SmallPieces {
  const pieces = [...Array.from({ length: FIRST_PIECE }, () => undefined), ...texts]
  const idOf = new Map(texts.map((text, i) => [text, FIRST_PIECE + i]))
  const merges: [number, number][] = []
  for (const text of texts) {
    const characters = [...text]
    for (let at = 1; at < characters.length; at += 1) {
      const [left, right] = [characters.slice(0, at), characters.slice(at)].map((part) => idOf.get(part.join('')))
      if (left !== undefined && right !== undefined) merges.push([left, right])
    }
  }
  return {
    pieces,
    bytes: Array.from({ length: 256 }, (_, byte) => SPECIALS.length + byte),
    added: SPECIALS.map((content, id) => ({ id, content, special: true })),
    scores: pieces.map((text, id) => (text === undefined ? 0 : FIRST_PIECE - id - 1)),
    merges,
  }
}

/** Pieces as SentencePiece trains them: the most frequent neighbours of a text with marks, never across words, then its characters. */
export function trainPieces(text = SAMPLE_TEXT, count = 150): string[] {
  const words = `▁${text.replaceAll(' ', '▁')}`.split(/(?<!▁)(?=▁)/).map((word) => [...word])
  const characters = new Set(words.flat())
  const joined: string[] = []
  while (joined.length < count) {
    const counts = new Map<string, number>()
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i += 1) {
        const pair = `${word[i]}\0${word[i + 1]}`
        counts.set(pair, (counts.get(pair) ?? 0) + 1)
      }
    }
    const known = new Set(joined)
    const best = [...counts].sort((a, b) => b[1] - a[1]).find(([pair]) => !known.has(pair.replace('\0', '')))
    if (!best) break
    const [left = '', right = ''] = best[0].split('\0')
    joined.push(left + right)
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i += 1) {
        if (word[i] === left && word[i + 1] === right) word.splice(i, 2, left + right)
      }
    }
  }
  return [...joined, ...characters]
}
