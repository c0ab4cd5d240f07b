import { findTensor, type Tensor, tensorOf, valuesOf } from '@stoa/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { embeddingRequest, readEmbeddingAnswer } from './embedding.ts'

describe('embeddingRequest', () => {
  it('lays out texts so that each is found again, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 20 }), (texts) => {
        const request = embeddingRequest(texts)
        const bytes = findTensor(request, 'text').data
        const offsets = valuesOf(findTensor(request, 'offsets'), 'u32')
        const found = texts.map((_, i) => Buffer.from(bytes.subarray(offsets[i], offsets[i + 1])).toString())
        expect(found).toEqual(texts)
      }),
    )
  })

  it.each([
    ['no text', []],
    ['too many', Array(2049).fill('')],
    ['one too long', ['x'.repeat(8193)]],
    ['too much in all', Array(200).fill('x'.repeat(8000))],
    ['half a surrogate pair', ['\udc00']],
  ])('refuses %s', (_, texts) => {
    expect(() => embeddingRequest(texts)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST', param: 'input' }))
  })
})

describe('readEmbeddingAnswer', () => {
  const request = embeddingRequest(['a', 'b'])
  const answer = (rows: Float32Array, dims: number[], tokens = 2): Tensor[] => [
    tensorOf('embedding', 'f32', dims, rows),
    tensorOf('tokens', 'u32', [tokens], new Uint32Array(tokens)),
  ]

  it('gives a row for each text', () => {
    expect(readEmbeddingAnswer(request, answer(new Float32Array(1024), [2, 512])).embeddings).toHaveLength(1024)
  })

  it.each<[string, Tensor[]]>([
    ['a row missing', answer(new Float32Array(512), [1, 512])],
    ['rows of another length', answer(new Float32Array(512), [2, 256])],
    ['one dimension', answer(new Float32Array(1024), [1024])],
    ['other counts of tokens', answer(new Float32Array(1024), [2, 512], 1)],
    ['infinity', answer(new Float32Array(1024).fill(Number.POSITIVE_INFINITY), [2, 512])],
    ['a tensor missing', answer(new Float32Array(1024), [2, 512]).slice(0, 1)],
  ])('refuses %s', (_, response) => {
    expect(() => readEmbeddingAnswer(request, response)).toThrow(expect.objectContaining({ code: 'INVALID_TENSOR' }))
  })
})
