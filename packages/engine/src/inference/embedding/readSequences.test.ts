import { InvalidTensorError, type Tensor, tensorOf } from '@stoa/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_PIECES } from '../../text/index.ts'
import { InvalidRequestError } from '../errors.ts'
import { MAX_TEXTS, MAX_TOKENS } from './limits.ts'
import { readSequences } from './readSequences.ts'
import { requestOf } from './testing/request.ts'

const read = (request: readonly Tensor[]) => readSequences(request).map((ids) => [...ids])
const u32 = (name: string, ...values: number[]) => tensorOf(name, 'u32', [values.length], Uint32Array.from(values))
const request = (ids: number[], offsets: number[]): Tensor[] => [u32('ids', ...ids), u32('offsets', ...offsets)]

test('reads back any texts, one without pieces among them, into memory of their own', () => {
  const id = fc.nat({ max: NO_PIECES - 1 })
  const text = fc.oneof(fc.array(id, { minLength: 1, maxLength: MAX_TOKENS }), fc.constant([NO_PIECES]))
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
      expect(read(requestOf(...texts))).toEqual(texts)
    }),
  )
  const shared = requestOf([1, 2], [3])
  const texts = readSequences(shared)
  for (const { data } of shared) data.fill(0)
  expect(texts.map((ids) => [...ids])).toEqual([[1, 2], [3]])
})

test('the order of the tensors does not matter, nor where they lie in memory', () => {
  const [ids, offsets] = requestOf([1], [2, 3]) as [Tensor, Tensor]
  const shifted = new Uint8Array(offsets.data.length + 1).subarray(1)
  shifted.set(offsets.data)
  expect(read([{ ...offsets, data: shifted }, ids])).toEqual([[1], [2, 3]])
})

test('limits are reached', () => {
  const longest = Array<number>(MAX_TOKENS).fill(NO_PIECES - 1)
  expect(read(requestOf(longest))).toEqual([longest])
  expect(read(requestOf(...Array(MAX_TEXTS).fill([0])))).toHaveLength(MAX_TEXTS)
})

describe('a request that does not hold together', () => {
  const [ids, offsets] = requestOf([1], [2, 3]) as [Tensor, Tensor]
  test.each<[string, Tensor[], string]>([
    ['no text', request([], [0]), 'there are 0'],
    ['no offsets at all', request([], []), 'there are 0'],
    ['a text too many', requestOf(...Array(MAX_TEXTS + 1).fill([0])), 'there are 2049'],
    ['a text too long', requestOf([1], Array(MAX_TOKENS + 1).fill(0)), 'text 1 goes from id 1 to 130'],
    ['a text without ids', request([1, 2], [0, 1, 1, 2]), 'text 1 goes from id 1 to 1'],
    ['offsets that start late', request([1, 2], [1, 2]), 'offsets run from 1 to 2'],
    ['offsets that end early', request([1, 2], [0, 1]), 'they must from 0 to 2'],
    ['offsets that end late', request([1, 2], [0, 3]), 'they must from 0 to 2'],
    ['offsets that run back', request([1, 2, 3, 4], [0, 3, 2, 4]), 'text 1 goes from id 3 to 2'],
    ['offsets that leave the ids', request([1, 2], [0, 4_000_000_000, 2]), 'text 0 goes from id 0 to 4000000000'],
    ['an id of no piece', requestOf([1], [2, NO_PIECES + 1]), 'text 1 has the id 8003'],
    ['no pieces beside pieces', requestOf([NO_PIECES, 1]), 'text 0 has the id 8002'],
    ['ids as a matrix', [{ ...ids, dims: [3, 1] }, offsets], '2 dimensions'],
    ['a third tensor', [ids, offsets, { ...ids, name: 'more' }], 'there are 3'],
    ['no tensor', [], 'there are 0'],
  ])('%s', (_, tensors, why) => {
    expect(() => read(tensors)).toThrow(InvalidRequestError)
    expect(() => read(tensors)).toThrow(why)
  })

  test('tensors that are missing or of another type', () => {
    expect(() => read([ids, { ...ids, name: 'other' }])).toThrow(InvalidTensorError)
    expect(() => read([ids, { ...offsets, dtype: 'i32' }])).toThrow(InvalidTensorError)
  })
})
