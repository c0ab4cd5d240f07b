import { Buffer } from 'node:buffer'
import type { PieceBpeParameters } from '../pieces/createPieceBpe.ts'
import type { PieceAddedToken } from '../tokenizer.ts'
import { charactersOf } from './charactersOf.ts'

/**
 * Tokenizers of pieces (specs/text.md) a second time, as literally as the page reads and with nothing in common with the product: lists of characters,
 * searched from the front for each step. Slow on purpose.
 */
export function referencePiecesEncode(bytes: Uint8Array, table: PieceBpeParameters, specials: boolean): number[] {
  const wanted = (table.added ?? []).filter(({ special }) => specials || !special)
  const inText = wanted.filter(({ marked }) => marked === undefined).map(({ id, content }) => ({ id, content }))
  const inMarked = wanted.flatMap(({ id, marked }) => (marked === undefined ? [] : [{ id, content: marked }]))
  return cut(charactersOf(bytes), inText).flatMap((part) => {
    if (typeof part === 'number') return [part]
    return cut(markStretch(part.symbols, part.first, table), inMarked).flatMap((inner) =>
      typeof inner === 'number' ? [inner] : wordsOf(inner.symbols, table).flatMap((word) => joinSymbols(word, table)),
    )
  })
}

/** Bytes of ids, the blank that the tokenizer puts before texts taken off. */
export function referencePiecesDecode(ids: readonly number[], table: PieceBpeParameters, specials: boolean): Buffer {
  const all = Buffer.concat(
    ids.map((id) => {
      const added = table.added?.find((token) => token.id === id)
      if (added?.special && !specials) return Buffer.alloc(0)
      const byte = Array.from(table.bytes).indexOf(id)
      if (byte >= 0) return Buffer.from([byte])
      return Buffer.from((added?.marked ?? added?.content ?? table.pieces[id] ?? '').split('▁').join(' '))
    }),
  )
  return table.takesBlankOff && all.toString('latin1').startsWith(' ') ? all.subarray(1) : all
}

/** A character, or the number of a byte that is part of none. */
type Symbol = string | number
type Stretch = { symbols: Symbol[]; first: boolean }

/** Stretches, and the ids of the added tokens between them. */
function cut(symbols: Symbol[], added: readonly Pick<PieceAddedToken, 'id' | 'content'>[]): (Stretch | number)[] {
  const longestFirst = added.toSorted((a, b) => Buffer.byteLength(b.content) - Buffer.byteLength(a.content))
  const parts: (Stretch | number)[] = []
  let stretch: Stretch = { symbols: [], first: true }
  const close = () => {
    if (stretch.symbols.length > 0) parts.push(stretch)
  }
  for (let at = 0; at < symbols.length; ) {
    const hit = longestFirst.find(({ content }) => [...content].every((character, i) => symbols[at + i] === character))
    if (hit) {
      close()
      parts.push(hit.id)
      stretch = { symbols: [], first: false }
      at += [...hit.content].length
    } else {
      stretch.symbols.push(symbols[at] ?? '')
      at += 1
    }
  }
  close()
  return parts
}

function markStretch(symbols: Symbol[], first: boolean, { before, trims }: PieceBpeParameters): Symbol[] {
  const kept = trims ? symbols.filter((symbol, i) => symbol !== ' ' || (i > 0 && symbols[i - 1] !== ' ')) : symbols
  const marked = kept.map((symbol) => (symbol === ' ' ? '▁' : symbol))
  if (marked.length === 0) return []
  const applies = before?.stretches === 'each' || (before?.stretches === 'first' && first)
  if (applies && !(before?.unlessThere && marked[0] === '▁')) marked.unshift('▁')
  while (trims && marked.at(-1) === '▁') marked.pop()
  return marked
}

function wordsOf(symbols: Symbol[], { words }: PieceBpeParameters): Symbol[][] {
  const all: Symbol[][] = []
  for (const symbol of symbols) {
    if (all.length === 0 || (words && symbol === '▁')) all.push([])
    all.at(-1)?.push(symbol)
  }
  return all
}

function joinSymbols(word: Symbol[], { pieces, bytes, joins }: PieceBpeParameters): number[] {
  const symbols = [...word]
  /** How early two neighbours join: the lower, the earlier; undefined where they never do. */
  const turnOf = (left: Symbol | undefined, right: Symbol | undefined): number | undefined => {
    if (typeof left !== 'string' || typeof right !== 'string') return undefined
    if (joins.by === 'score') {
      const id = pieces.indexOf(left + right)
      return id < 0 ? undefined : -(joins.scores[id] ?? 0)
    }
    const rank = joins.merges.findIndex(([a, b]) => pieces[a] === left && pieces[b] === right)
    return rank < 0 ? undefined : rank
  }
  for (;;) {
    const turns = symbols.map((symbol, i) => turnOf(symbol, symbols[i + 1]) ?? Number.POSITIVE_INFINITY)
    const least = Math.min(...turns)
    if (!Number.isFinite(least)) break
    const place = turns.indexOf(least)
    symbols.splice(place, 2, `${symbols[place]}${symbols[place + 1]}`)
  }
  return symbols.flatMap((symbol) => {
    const id = typeof symbol === 'string' ? pieces.indexOf(symbol) : -1
    if (id >= 0) return [id]
    const raw = typeof symbol === 'string' ? Buffer.from(symbol) : Buffer.from([symbol])
    return [...raw].map((byte) => bytes[byte] ?? -1)
  })
}
