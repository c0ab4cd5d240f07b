import { expect, test } from 'vitest'
import { chargedUnits, unitsOfRequest } from '../market/chargeFor.ts'
import { type Tensor, tensorOf, valuesOf } from '../tensors/tensor.ts'
import { tensorsDigest } from '../tensors/tensorsDigest.ts'
import {
  encodeTextEmbeddingAnswer,
  encodeTextEmbeddingRequest,
  isTextEmbedding,
  readTextEmbeddingAnswer,
  readTextEmbeddingRequest,
  textDimensions,
} from './textEmbedding.ts'

// As in specs/backends.md, "Embeddings".
const TEXTS = ['Zeno', 'Café']
const request = encodeTextEmbeddingRequest({ texts: TEXTS, dimensions: 2 })
const rows = Float32Array.of(1, 0.5, -1, 0)
const u32 = (name: string, ...values: number[]) => tensorOf(name, 'u32', [values.length], Uint32Array.from(values))
const u8 = (name: string, ...values: number[]) => tensorOf(name, 'u8', [values.length], Uint8Array.from(values))
/** The request with other tensors in place of those of their names. */
const changed = (tensors: readonly Tensor[], ...others: Tensor[]) =>
  tensors.map((tensor) => others.find(({ name }) => name === tensor.name) ?? tensor)

test('texts are bytes and where each begins; the digests are those of the specification', () => {
  expect(request.map(({ name }) => name)).toEqual(['texts', 'offsets', 'dimensions'])
  expect([...valuesOf(request[1] as Tensor, 'u32')]).toEqual([0, 4, 9])
  expect(readTextEmbeddingRequest(request)).toEqual({ texts: TEXTS, dimensions: 2 })
  expect(isTextEmbedding(request)).toBe(true)
  expect(tensorsDigest(request)).toBe('0x4b30c78ef0b0bbe80834cb4969a60fa2e160e4a813c3e684cc96e6e44fb9801a')
  expect(tensorsDigest(encodeTextEmbeddingAnswer(request, rows, 6))).toBe(
    '0x4b3a36857682c48d8ebb4ed0409e22854a71976a2e5776f01e9d7225164848a5',
  )
})

test.each([
  ['no text', [u8('texts'), u32('offsets', 0), u32('dimensions', 2)], '1 to 2048 texts'],
  ['an empty text', changed(request, u32('offsets', 0, 9, 9)), 'text 1 goes from byte 9 to 9'],
  ['offsets that fall', changed(request, u32('offsets', 0, 5, 4, 9)), 'text 1 goes from byte 5 to 4'],
  ['half a character', changed(request, u32('offsets', 0, 8, 9)), 'text 0 is not UTF-8'],
  ['bytes of no text', changed(request, u32('offsets', 0, 4, 8)), 'not from 0 to 9'],
  ['a text before the first', changed(request, u32('offsets', 1, 4, 9)), 'from 1 to 9'],
  ['no dimensions', changed(request, u32('dimensions', 0)), '2 embeddings of 0 numbers'],
  ['too many numbers', changed(request, u32('dimensions', (1 << 18) + 1)), 'at most 524288 numbers'],
  ['another tensor', [...request, u32('more', 1)], 'which is one number'],
  ['two dimensions', changed(request, u32('dimensions', 2, 3)), 'which is one number'],
  [
    'too many bytes',
    [
      tensorOf('texts', 'u8', [(1 << 20) + 1], new Uint8Array((1 << 20) + 1)),
      u32('offsets', 0, (1 << 20) + 1),
      u32('dimensions', 1),
    ],
    'at most 1048576',
  ],
])('%s is no request', (_, tensors, why) => {
  expect(() => readTextEmbeddingRequest(tensors)).toThrow(why)
})

test('tokens are what the back end counted, within a bound that no tokenizer exceeds, or estimated by bytes', () => {
  const bounds = unitsOfRequest('token', request)
  expect(bounds).toEqual({ least: 0n, most: 9n + 2n * 16n })
  const answered = (said: number | undefined) => encodeTextEmbeddingAnswer(request, rows, said)
  expect(readTextEmbeddingAnswer(request, answered(41))).toEqual({ rows, usage: { tokens: 41, counted: true } })
  expect(chargedUnits(bounds, answered(41))).toBe(41n)
  for (const said of [undefined, 42, -1, 1.5, Number.NaN]) {
    const answer = answered(said)
    expect(readTextEmbeddingAnswer(request, answer).usage).toEqual({ tokens: 3, counted: false })
    expect(chargedUnits(bounds, answer)).toBe(3n)
  }
})

const answer = encodeTextEmbeddingAnswer(request, rows, 6)
const floats = (dims: number[], ...values: number[]) => tensorOf('embedding', 'f32', dims, Float32Array.from(values))
test.each([
  ['fewer rows', changed(answer, floats([1, 2], 1, 2)), '[2, 2] is needed'],
  ['shorter rows', changed(answer, floats([2, 1], 1, 2)), '[2, 2] is needed'],
  ['rows the other way', changed(answer, floats([4], 1, 2, 3, 4)), '[2, 2] is needed'],
  ['no number', changed(answer, floats([2, 2], 1, Number.NaN, 3, 4)), 'no finite number'],
  ['no end', changed(answer, floats([2, 2], 1, Number.POSITIVE_INFINITY, 3, 4)), 'no finite number'],
  ['more tokens than can be', changed(answer, u32('usage', 42, 0, 1)), '42 tokens are more'],
  ['another estimate', changed(answer, u32('usage', 4, 0, 0)), '4 tokens are estimated, it is 3'],
  ['generated tokens', changed(answer, u32('usage', 6, 1, 1)), 'tokens, 0, and whether'],
  ['no count', answer.slice(0, 1), 'no tensor called "usage"'],
  ['more than it was asked', [...answer, u32('more', 1)], 'tokens, 0, and whether'],
])('%s is no answer', (_, tensors, why) => {
  expect(() => readTextEmbeddingAnswer(request, tensors)).toThrow(why)
})

test('a card with dimensions takes texts; an exact one, and one without, take ids', () => {
  expect(textDimensions({ task: 'embedding', dimensions: 8 })).toBe(8)
  expect(textDimensions({ task: 'embedding' })).toBeUndefined()
  expect(textDimensions({ task: 'embedding', profile: 'exact/1', dimensions: 8 })).toBeUndefined()
  expect(textDimensions({ task: 'chat', dimensions: 8 })).toBeUndefined()
})
