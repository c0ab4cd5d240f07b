import { findTensor, type Tensor, tensorOf, valuesOf } from '@stoa/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { embeddingRequest, readEmbeddingAnswer } from './embedding.ts'

describe('embeddingRequest', () => {
  it('lays out ids so that those of each text are found again', () => {
    const text = fc.array(fc.nat({ max: 8002 }), { minLength: 1, maxLength: 128 })
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
        const request = embeddingRequest(texts.map((own) => Uint32Array.from(own)))
        const ids = valuesOf(findTensor(request, 'ids'), 'u32')
        const offsets = valuesOf(findTensor(request, 'offsets'), 'u32')
        expect(texts.map((_, i) => [...ids.subarray(offsets[i], offsets[i + 1])])).toEqual(texts)
      }),
    )
  })
})

describe('readEmbeddingAnswer', () => {
  const request = embeddingRequest([Uint32Array.of(1), Uint32Array.of(2, 3)])
  const answer = (rows: Float32Array, dims: number[]): Tensor[] => [tensorOf('embedding', 'f32', dims, rows)]
  const steps = tensorOf('embedding', 'i32', [2, 512], new Int32Array(1024).fill(-(2 ** 14)))

  it('gives a row for each text, exact ones in steps of 2^−15', () => {
    const rows = new Float32Array(1024).fill(0.25)
    expect(readEmbeddingAnswer(request, answer(rows, [2, 512]), { isExact: false })).toEqual(rows)
    expect(readEmbeddingAnswer(request, [steps], { isExact: true })).toEqual(new Float32Array(1024).fill(-0.5))
  })

  it.each<[string, Tensor[], boolean]>([
    ['a row missing', answer(new Float32Array(512), [1, 512]), false],
    ['rows of another length', answer(new Float32Array(512), [2, 256]), false],
    ['one dimension', answer(new Float32Array(1024), [1024]), false],
    ['infinity', answer(new Float32Array(1024).fill(Number.POSITIVE_INFINITY), [2, 512]), false],
    ['a tensor too many', [...answer(new Float32Array(1024), [2, 512]), { ...steps, name: 'more' }], false],
    ['no tensor', [], false],
    ['floats of an exact model', answer(new Float32Array(1024), [2, 512]), true],
    ['whole numbers of another', [steps], false],
  ])('refuses %s', (_, response, isExact) => {
    const read = () => readEmbeddingAnswer(request, response, { isExact })
    expect(read).toThrow(expect.objectContaining({ code: 'INVALID_TENSOR' }))
  })
})
