import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PACKAGE_DIR } from '../../convert/testing/embeddingPackage.ts'
import { createUnigram } from './createUnigram.ts'
import { normalizeText } from './normalizeText.ts'
import { parseVocabulary, RESERVED, UNKNOWN } from './parseVocabulary.ts'
import { PUBLISHED_IDS } from './testing/publishedIds.ts'

const vocabulary = parseVocabulary(readFileSync(`${PACKAGE_DIR}/dist/vocab.json`, 'utf8'))
const tokenizer = createUnigram(vocabulary)
const idOf = new Map(vocabulary.pieces.slice(RESERVED).map((piece, i) => [piece, i + RESERVED]))

/** Any text, lone surrogates among them; text made of pieces; text about the pieces whose published scores are odd. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      { maxLength: 30 },
    )
    .map((units) => units.join('')),
  fc.array(fc.constantFrom(...vocabulary.pieces), { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc
    .array(fc.constantFrom(':', ':3', '0', '00', '30', ' ', ')', '(', '-', '://', '”', '5', '日'), { maxLength: 14 })
    .map((parts) => parts.join('')),
)

describe('ids', () => {
  test('are those of the published tokenizer', () => {
    for (const [text, ids] of PUBLISHED_IDS) expect([text, ...tokenizer.encode(text)]).toEqual([text, ...ids])
  })

  test('are those of the specification', () => {
    const page = readFileSync(new URL('../../../../../specs/tasks.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| `(".*")` +\| ([\d, ]+)\|$/gm)]
    expect(rows.length).toBeGreaterThan(3)
    for (const [, text = '', ids = ''] of rows)
      expect([...tokenizer.encode(JSON.parse(text))]).toEqual(ids.split(',').map(Number))
  })

  test('are those of a search that tries every cut', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect([...tokenizer.encode(text)]).toEqual(everyCut(normalizeText(text)))
      }),
      { numRuns: 1000 },
    )
  })

  test('are in the vocabulary and never a reserved one; unknowns do not follow each other', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const ids = [...tokenizer.encode(text)]
        for (const [i, id] of ids.entries()) {
          if (id === UNKNOWN) expect(ids[i + 1]).not.toBe(UNKNOWN)
          else expect(id).toBeGreaterThanOrEqual(RESERVED)
          expect(id).toBeLessThan(vocabulary.pieces.length)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('do not depend on what was asked before', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, other) => {
        const ids = [...tokenizer.encode(text)]
        tokenizer.encode(other.repeat(20))
        expect([...tokenizer.encode(text)]).toEqual(ids)
      }),
    )
  })
})

describe('segments', () => {
  test('joined are the normalised text, and have the ids of encode', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const segments = tokenizer.segment(text)
        expect(segments.map((segment) => segment.text).join('')).toBe(normalizeText(text))
        expect(segments.map(({ id }) => id)).toEqual([...tokenizer.encode(text)])
        for (const segment of segments)
          if (segment.id !== UNKNOWN) expect(segment.text).toBe(vocabulary.pieces[segment.id])
      }),
      { numRuns: 1000 },
    )
  })

  test('of known pieces are what their ids decode to', () => {
    expect(tokenizer.decode(Uint32Array.from(tokenizer.encode('Hello, world!')))).toBe(' Hello, world!')
    expect(tokenizer.decode(Uint32Array.of(vocabulary.pieces.length))).toBe('')
  })

  test('of a sentence', () => {
    const covers = tokenizer.segment('Unhappy 日本 cats').map(({ text }) => text)
    expect(covers).toEqual(['▁Un', 'ha', 'ppy', '▁', '日本', '▁cat', 's'])
  })
})

/** The published search, spelled out over all pairs of positions, without a tree: slow and plain. */
function everyCut(text: string): number[] {
  const begins = Array.from(text, () => false)
  const best: { score: number; start: number; id: number }[] = [{ score: 0, start: 0, id: UNKNOWN }]
  for (let start = 0; start < text.length; start++)
    for (let end = start + 1; end <= Math.min(text.length, start + 20); end++)
      if (idOf.has(text.slice(start, end))) begins[start] = true
  for (let end = 1; end <= text.length; end++) {
    let found = { score: 0, start: end - 1, id: UNKNOWN }
    for (let start = Math.max(0, end - 20); start < end; start++) {
      const id = idOf.get(text.slice(start, end)) ?? (end === start + 1 && !begins[start] ? UNKNOWN : undefined)
      if (id === undefined) continue
      const score = (best[start]?.score ?? 0) + (id === UNKNOWN ? 0 : (vocabulary.scores[id] ?? 0))
      if (found.score === 0 || score >= found.score) found = { score, start, id }
    }
    best.push(found)
  }
  const ids: number[] = []
  for (let end = text.length; end > 0; end = best[end]?.start ?? 0) {
    const id = best[end]?.id ?? UNKNOWN
    if (id !== UNKNOWN || ids.at(-1) !== UNKNOWN) ids.push(id)
  }
  return ids.reverse()
}
