import { InvalidTensorError, type Tensor, tensorOf } from '@stoa/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidRequestError } from '../errors.ts'
import { MAX_TEXT_BYTES, MAX_TEXTS, MAX_TOTAL_BYTES } from './limits.ts'
import { readTexts } from './readTexts.ts'
import { requestOf } from './testing/request.ts'

const request = (bytes: Uint8Array, offsets: number[]): Tensor[] => [
  tensorOf('text', 'u8', [bytes.length], bytes),
  tensorOf('offsets', 'u32', [offsets.length], Uint32Array.from(offsets)),
]
const zeros = (length: number) => new Uint8Array(length)

test('reads back any texts, empty ones and byte order marks among them', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 20 }), (texts) => {
      expect(readTexts(requestOf(...texts))).toEqual(texts)
    }),
  )
  expect(readTexts(requestOf('', '\uFEFFa', ''))).toEqual(['', '\uFEFFa', ''])
})

test('the order of the tensors does not matter, nor where they lie in memory', () => {
  const [text, offsets] = requestOf('one', 'two')
  if (!text || !offsets) throw new Error('a request has two tensors')
  const shifted = new Uint8Array(offsets.data.length + 1).subarray(1)
  shifted.set(offsets.data)
  expect(readTexts([{ ...offsets, data: shifted }, text])).toEqual(['one', 'two'])
})

describe('limits', () => {
  test('are reached', () => {
    expect(readTexts(requestOf('x'.repeat(MAX_TEXT_BYTES)))).toHaveLength(1)
    expect(readTexts(requestOf(...Array(MAX_TEXTS).fill('x')))).toHaveLength(MAX_TEXTS)
    expect(
      readTexts(requestOf(...Array(MAX_TOTAL_BYTES / MAX_TEXT_BYTES).fill('x'.repeat(MAX_TEXT_BYTES)))),
    ).toHaveLength(128)
  })

  test.each([
    ['no text', request(zeros(0), [0]), 'there are 0'],
    ['no offsets at all', request(zeros(0), []), 'there are 0'],
    ['a text too many', requestOf(...Array(MAX_TEXTS + 1).fill('x')), 'there are 2049'],
    ['a text too long', requestOf('ok', 'x'.repeat(MAX_TEXT_BYTES + 1)), 'text 1 has 8193 bytes'],
    ['too much in all', requestOf(...Array(200).fill('x'.repeat(6000))), 'have 1200000 bytes'],
  ])('%s', (_, tensors, why) => {
    expect(() => readTexts(tensors)).toThrow(InvalidRequestError)
    expect(() => readTexts(tensors)).toThrow(why)
  })
})

describe('a layout that does not hold together', () => {
  const [text, offsets] = requestOf('one', 'two') as [Tensor, Tensor]
  test.each<[string, Tensor[], typeof InvalidRequestError | typeof InvalidTensorError]>([
    ['offsets that start late', request(zeros(4), [1, 4]), InvalidRequestError],
    ['offsets that end early', request(zeros(4), [0, 3]), InvalidRequestError],
    ['offsets that end late', request(zeros(4), [0, 5]), InvalidRequestError],
    ['offsets that run back', request(zeros(4), [0, 3, 2, 4]), InvalidRequestError],
    ['offsets that leave the text', request(zeros(4), [0, 4_000_000_000, 4]), InvalidRequestError],
    ['a text that is not UTF-8', request(Uint8Array.of(0x61, 0xff), [0, 2]), InvalidRequestError],
    ['a character cut in two', request(new TextEncoder().encode('é'), [0, 1, 2]), InvalidRequestError],
    ['a surrogate in UTF-8', request(Uint8Array.of(0xed, 0xa0, 0x80), [0, 3]), InvalidRequestError],
    ['text as a matrix', [{ ...text, dims: [2, 3] }, offsets], InvalidRequestError],
    ['a third tensor', [text, offsets, { ...text, name: 'more' }], InvalidRequestError],
    ['no tensor', [], InvalidRequestError],
    ['no offsets', [text, { ...text, name: 'other' }], InvalidTensorError],
    ['signed offsets', [text, { ...offsets, dtype: 'i32' }], InvalidTensorError],
  ])('%s', (_, tensors, error) => {
    expect(() => readTexts(tensors)).toThrow(error)
  })
})
