import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import vectors from '../../../../../specs/vectors/text.json' with { type: 'json' }
import { createStreamDecoder } from '../createStreamDecoder.ts'
import { referencePiecesDecode, referencePiecesEncode } from '../reference/referencePieces.ts'
import { tableOf, textVectors } from '../reference/vectors.ts'
import { hardText } from '../testing/hardText.ts'
import { piecesOf, trainPieces } from '../testing/smallPieces.ts'
import { createPieceBpe, type PieceBpeParameters } from './createPieceBpe.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const text = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
const trained = piecesOf(trainPieces())
const EACH = { stretches: 'each', unlessThere: false } as const

/** Bytes that are mostly text. */
const hardBytes = fc.oneof(
  hardText.map(utf8),
  fc
    .tuple(hardText, fc.uint8Array({ maxLength: 5 }), hardText)
    .map(([a, b, c]) => Buffer.concat([utf8(a), b, utf8(c)])),
)

/** Tables of a few short pieces, which join in surprising orders, with all kinds of added tokens. */
const someTable: fc.Arbitrary<PieceBpeParameters> = fc
  .record({
    texts: fc.oneof(
      fc.constant(trainPieces()),
      fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'h', 'e', 't', '▁', '漢'), minLength: 1, maxLength: 4 }), {
        maxLength: 30,
      }),
    ),
    by: fc.constantFrom('rank', 'score'),
    scores: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 30, maxLength: 30 }),
    rising: fc.boolean(),
    before: fc.option(fc.record({ stretches: fc.constantFrom('each', 'first'), unlessThere: fc.boolean() }), {
      nil: undefined,
    }),
    words: fc.boolean(),
    trims: fc.boolean(),
    takesBlankOff: fc.boolean(),
    marked: fc.boolean(),
  })
  .map(({ texts, by, scores, rising, marked, ...flags }) => {
    const table = piecesOf(texts)
    const size = table.pieces.length
    const tab = { id: size, content: '<tab>', special: false, ...(marked ? { marked: '▁<tab>' } : {}) }
    const blanks = { id: size + 1, content: '▁▁▁', special: false, ...(marked ? { marked: '▁▁▁' } : {}) }
    const equal = table.scores.map((score, id) => (rising ? score : (scores[id % scores.length] ?? 0)))
    return {
      ...flags,
      pieces: table.pieces,
      bytes: table.bytes,
      joins: by === 'rank' ? { by: 'rank', merges: table.merges } : { by: 'score', scores: equal },
      added: [...table.added, tab, ...(texts.includes('▁▁▁') ? [] : [blanks])],
    }
  })

describe('a tokenizer of pieces', () => {
  test('gives the ids and the bytes of the literal implementation', () => {
    fc.assert(
      fc.property(
        someTable,
        fc.array(hardBytes, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (table, all, specials) => {
          const product = createPieceBpe(table)
          for (const bytes of all) {
            const ids = [...product.encode(bytes, { specials })]
            expect(ids).toEqual(referencePiecesEncode(bytes, table, specials))
            for (const shown of [false, true]) {
              expect(Buffer.from(product.decode(ids, { specials: shown }))).toEqual(
                referencePiecesDecode(ids, table, shown),
              )
            }
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  test('gives the published vectors, which are those of the literal implementation', () => {
    const made = textVectors()
    expect(made).toEqual(vectors)
    for (const { cases, ...variant } of made.variants) {
      const product = createPieceBpe(tableOf(variant))
      for (const { hex, specials, ids, decoded } of cases) {
        expect([...product.encode(Buffer.from(hex, 'hex'), { specials })]).toEqual(ids)
        expect(Buffer.from(product.decode(ids)).toString('hex')).toBe(decoded)
      }
    }
  })

  test('gives a text back that holds no mark, where a blank stands before it or none does', () => {
    fc.assert(
      fc.property(hardBytes, fc.boolean(), (bytes, blank) => {
        fc.pre(!Buffer.from(bytes).toString('latin1').includes('\xe2\x96\x81'))
        const product = createPieceBpe({
          ...trained,
          joins: { by: 'score', scores: trained.scores },
          ...(blank ? { before: EACH, takesBlankOff: true } : {}),
        })
        expect(Buffer.from(product.decode(product.encode(bytes)))).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test('takes off one blank, however the ids come', () => {
    const product = createPieceBpe({
      ...trained,
      joins: { by: 'score', scores: trained.scores },
      before: EACH,
      takesBlankOff: true,
    })
    fc.assert(
      fc.property(hardText, fc.infiniteStream(fc.nat(3)), (all, sizes) => {
        const ids = product.encode(all)
        const whole = text(product.decode(ids))
        const decoder = createStreamDecoder(product)
        let shown = ''
        for (let at = 0; at < ids.length; ) {
          const size = sizes.next().value ?? 1
          shown += decoder.push(ids.subarray(at, at + size))
          at += size
        }
        expect(shown + decoder.end()).toBe(whole)
      }),
    )
    const blank = trained.pieces.indexOf('▁')
    const stream = createStreamDecoder(product)
    expect([stream.push([1]), stream.push([blank]), stream.push([blank]), stream.push([3 + 0x41])]).toEqual([
      '',
      '',
      ' ',
      'A',
    ])
    expect(createStreamDecoder(product, { continues: true }).push([blank, blank])).toBe('  ')
  })

  test('makes no special token of a text, nor a byte token of its name', () => {
    const texts = ['<s', '<s>', '>', '<', 's', '<0x41', '<0x41>']
    const { pieces, ...table } = piecesOf(texts.filter((piece) => piece !== '<s>'))
    const product = createPieceBpe({ ...table, pieces, joins: { by: 'score', scores: table.scores } })
    expect([...product.encode('<s>')]).toEqual([259, 260])
    expect(text(product.decode(product.encode('<0x41>')))).toBe('<0x41>')
    expect([...product.encode('<s>', { specials: true })]).toEqual([1])
    expect([...product.encode('<s><s>', { specials: [[0, 3]] })]).toEqual([1, ...product.encode('<s>')])
  })

  test('joins a megabyte without blanks in little more than linear time', () => {
    const product = createPieceBpe({ ...trained, joins: { by: 'score', scores: trained.scores } })
    const long = 'there'.repeat(200_000)
    expect(product.decode(product.encode(long)).length).toBe(long.length)
  })
})

describe('tables are refused in which', () => {
  const table = piecesOf(['ab', 'a', 'b'])
  const by = { joins: { by: 'score', scores: table.scores } } as const
  test.each<[string, Partial<PieceBpeParameters>, string]>([
    ['a byte has no token', { bytes: [] }, 'the byte 0x00 has no token'],
    ['two bytes have one token', { bytes: Array.from(table.bytes).with(9, 3) }, 'the id 3 has two tokens'],
    ['two pieces are the same', { pieces: [...table.pieces, 'ab'] }, 'tokens 259 and 262 are the same'],
    ['a piece is empty', { pieces: [...table.pieces, ''] }, 'token 262 is empty'],
    ['a piece is half a character', { pieces: [...table.pieces, '\ud800'] }, 'token 262 has half a character'],
    ['a piece is endless', { pieces: [...table.pieces, 'a'.repeat(513)] }, 'token 262 has 513 bytes'],
    ['a score is missing', { joins: { by: 'score', scores: [] } }, 'the score of the piece "ab" is missing'],
    ['a score is no number', { joins: { by: 'score', scores: table.scores.map(() => Number.NaN) } }, 'is NaN'],
    ['a merge is of no piece', { joins: { by: 'rank', merges: [[1, 260]] } }, 'merge 0 names the id 1'],
    [
      'a merge gives no piece',
      { joins: { by: 'rank', merges: [[261, 260]] } },
      'merge 0 of "b" and "a" gives what is no piece',
    ],
    ['a special token is a piece', { added: [{ id: 259, content: 'ab', special: true }] }, 'the id 259 has two tokens'],
    ['a token has another text', { added: [{ id: 259, content: 'x', special: false }] }, 'the id 259 has two tokens'],
    ['a first id has no token', { begin: [300] }, 'the first id of texts, 300'],
  ])('%s', (_, change, why) => {
    expect(() => createPieceBpe({ ...table, ...by, ...change })).toThrow(why)
  })

  test('a user-defined token may be a piece', () => {
    const product = createPieceBpe({ ...table, ...by, added: [{ id: 259, content: 'ab', special: false }] })
    expect([...product.encode('abab')]).toEqual([259, 259])
  })
})
