import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PATTERNS } from '../pretokenize/splitText.ts'
import { referenceEncode } from '../reference/referenceBpe.ts'
import { makeClassRanges } from '../testing/makeClassRanges.ts'
import { SAMPLE_TEXT, smallBpe } from '../testing/smallBpe.ts'
import { UNICODE_VERSION } from '../unicode/generated/classes.ts'
import { createBpe } from './createBpe.ts'

const tables = smallBpe(SAMPLE_TEXT, 120)
const ranges = makeClassRanges()
const utf8 = (text: string) => new TextEncoder().encode(text)

/** Texts in which the rules meet: spaces, quotes, newlines, digits, letters of several scripts, and bytes that are not UTF-8. */
const hardText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' ',
        '  ',
        '\n',
        '\r\n',
        '\t',
        "'",
        "'s",
        "'LL",
        "'ſ",
        '1',
        '23',
        '½',
        '.',
        '!?',
        '\u00a0',
        '\u0085',
      ),
      fc.constantFrom('the', ' the', 'a', 'Ж', '漢', 'é', 'e\u0301', '🎉', '\ufeff', '\u{10ffff}', 'then', 'there'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => utf8(parts.join('')))
const hardBytes = fc.oneof(
  hardText,
  fc.tuple(hardText, fc.uint8Array({ maxLength: 5 }), hardText).map((parts) => Buffer.concat(parts)),
)

describe.each(PATTERNS)('byte-level BPE, pattern %s', (pattern) => {
  const bpe = createBpe({ ...tables, pattern })

  test('decodes to the bytes that were encoded', () => {
    fc.assert(
      fc.property(fc.oneof(hardBytes, fc.uint8Array()), (bytes) => {
        expect(Buffer.compare(bpe.decode(bpe.encode(bytes)), bytes)).toBe(0)
      }),
    )
  })

  test.runIf(process.versions.unicode === UNICODE_VERSION).each([false, true])(
    'gives the ids of the literal implementation, whole pieces %s',
    (wholePieces) => {
      const product = createBpe({ ...tables, pattern, wholePieces })
      fc.assert(
        fc.property(hardBytes, (bytes) => {
          expect([...product.encode(bytes)]).toEqual(
            referenceEncode(bytes, { ...tables, ranges, pattern, wholePieces }),
          )
        }),
        { numRuns: 150 },
      )
    },
  )
})

describe('byte-level BPE', () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte))
  const [a, b, c] = utf8('abc') as unknown as [number, number, number]

  test('merges the lowest rank first, and of equals the leftmost', () => {
    const bpe = createBpe({
      vocab: [...bytes, utf8('aa'), utf8('ab'), utf8('bc')],
      merges: [
        [b, c],
        [a, b],
        [a, a],
      ],
      pattern: 'none',
    })
    expect([...bpe.encode('abc')]).toEqual([a, 258])
    expect([...bpe.encode('aaa')]).toEqual([256, a])
    expect([...bpe.encode('aab')]).toEqual([a, 257])
  })

  test('merges any tables of merges as the rule says, in whatever order they stand', () => {
    // Merges out of order: a pair may have a lower rank than the merges that make its parts.
    const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 }).map((all) => all.join(''))
    fc.assert(
      fc.property(
        fc.shuffledSubarray(smallBpe('abcab cabbac aabbcc acbbca', 24).merges as [number, number][]),
        letters,
        (merges, text) => {
          const { vocab } = smallBpe('abcab cabbac aabbcc acbbca', 24)
          const bpe = createBpe({ vocab, merges, pattern: 'none' })
          const expected = referenceEncode(utf8(text), { vocab, merges, ranges: [], pattern: 'none' })
          expect([...bpe.encode(text)]).toEqual(expected)
        },
      ),
    )
  })

  test('takes a piece that is a token as a whole only where told to', () => {
    const vocab = [...bytes, utf8('ab'), utf8('abc')]
    const merges: [number, number][] = [[a, b]]
    expect([...createBpe({ vocab, merges, pattern: 'gpt2' }).encode('abc')]).toEqual([256, c])
    expect([...createBpe({ vocab, merges, pattern: 'gpt2', wholePieces: true }).encode('abc')]).toEqual([257])
  })

  test('reads the names of special tokens as text, unless asked', () => {
    const added = [
      { id: 256, content: '<|end|>', special: true },
      { id: 257, content: '<|end|>>', special: true },
      { id: 258, content: '<tab>', special: false },
    ]
    const bpe = createBpe({ vocab: bytes, merges: [], added, pattern: 'gpt2' })
    expect([...bpe.encode('<|end|>')]).toEqual([...utf8('<|end|>')])
    expect([...bpe.encode('a<|end|>b', { specials: true })]).toEqual([a, 256, b])
    expect([...bpe.encode('<|end|>>', { specials: true })]).toEqual([257])
    expect([...bpe.encode('a<tab>')]).toEqual([a, 258])
    expect(new TextDecoder().decode(bpe.decode([a, 256, b]))).toBe('ab')
    expect(new TextDecoder().decode(bpe.decode([a, 256, b], { specials: true }))).toBe('a<|end|>b')
  })

  test('reads them in the ranges that are asked for, and what lies around as one text', () => {
    const added = [
      { id: 256, content: '<|end|>', special: true },
      { id: 257, content: '<|end|>>', special: true },
    ]
    const bpe = createBpe({
      vocab: [...bytes, undefined, undefined, utf8('ab')],
      merges: [[a, b]],
      added,
      pattern: 'none',
    })
    const encode = (text: string, ...specials: [number, number][]) => [...bpe.encode(text, { specials })]
    const asText = [...utf8('<|end|>')]
    expect(encode('<|end|><|end|>', [0, 7])).toEqual([256, ...asText])
    expect(encode('<|end|><|end|>', [7, 14])).toEqual([...asText, 256])
    // A name that a template begins and a message ends is nobody's.
    expect(encode('<|end|>', [0, 6])).toEqual(asText)
    expect(encode('<|end|>>', [0, 7])).toEqual([256, ...utf8('>')])
    expect(encode('ab', [0, 1], [1, 2])).toEqual([258])
  })

  test('encodes a piece of a megabyte in little more than linear time', () => {
    const bpe = createBpe({ ...tables, pattern: 'gpt2' })
    const long = 'there'.repeat(200_000)
    expect(bpe.decode(bpe.encode(long)).length).toBe(long.length)
  })

  test('refuses ids without a token', () => {
    const bpe = createBpe({ vocab: bytes, merges: [], pattern: 'none' })
    expect(() => bpe.decode([256])).toThrow('No token has the id 256')
    expect(() => bpe.decode([-1])).toThrow('No token has the id -1')
    expect(() => bpe.decode([0.5])).toThrow('No token has the id 0.5')
  })

  test.each([
    ['a byte without token', { vocab: bytes.slice(0, 255), merges: [] }, 'the byte 0xff has no token'],
    ['two equal tokens', { vocab: [...bytes, utf8('a')], merges: [] }, 'tokens 97 and 256 are the same'],
    ['an empty token', { vocab: [...bytes, utf8('')], merges: [] }, 'token 256 is empty'],
    ['a merge of nothing', { vocab: bytes, merges: [[97, 300]] }, 'merge 0 names the id 300'],
    ['a merge into nothing', { vocab: bytes, merges: [[97, 98]] }, 'gives what is no token'],
    [
      'a merge twice',
      {
        vocab: [...bytes, utf8('ab')],
        merges: [
          [97, 98],
          [97, 98],
        ],
      },
      'are merged twice',
    ],
    [
      'an id with two tokens',
      { vocab: bytes, merges: [], added: [{ id: 3, content: 'x', special: true }] },
      'the id 3 has two tokens',
    ],
    ['a first id without token', { vocab: bytes, merges: [], begin: [256] }, 'the first id of texts, 256'],
  ] as const)('refuses %s', (_, parameters, why) => {
    expect(() => createBpe({ ...parameters, pattern: 'none' })).toThrow(why)
  })
})
