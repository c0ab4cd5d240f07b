import { findTensor, type Tensor, tensorOf, textTensor, valuesOf } from '@stoa/protocol'
import { describe, expect, it } from 'vitest'
import { generateRequest, readGenerateAnswer } from './generate.ts'

const sampling = { maxTokens: 8, temperature: 700, topK: 40, topP: 950_000, seed: new Uint8Array(32).fill(9) }

describe('generateRequest', () => {
  it('lays out prompt, settings and seed; a greedy one draws from nothing', () => {
    const request = generateRequest('naïve', sampling)
    expect(request.map(({ name, dims }) => [name, ...dims])).toEqual([
      ['prompt', 6],
      ['settings', 4],
      ['seed', 32],
    ])
    expect([...valuesOf(findTensor(request, 'settings'), 'u32')]).toEqual([8, 700, 40, 950_000])
    const greedy = generateRequest('x', { ...sampling, temperature: 0 })
    expect(findTensor(greedy, 'seed').data.every((byte) => byte === 0)).toBe(true)
  })

  it.each([
    ['too long', 'x'.repeat(65_537)],
    ['half a surrogate pair', '\ud800'],
  ])('refuses a prompt: %s', (_, prompt) => {
    expect(() => generateRequest(prompt, sampling)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }))
  })
})

describe('readGenerateAnswer', () => {
  const request = generateRequest('Q: Why?', sampling)
  const u32 = (name: string, ...values: number[]) => tensorOf(name, 'u32', [values.length], Uint32Array.from(values))
  const text = textTensor('text', 'So.')

  it('tells text, counts and why it ended', () => {
    const answer = readGenerateAnswer(request, [text, u32('tokens', 5, 6, 0), u32('usage', 4, 3, 1)])
    expect(answer).toEqual({ text: 'So.', promptTokens: 4, generatedTokens: 3, finish: 'stop' })
    expect(readGenerateAnswer(request, [text, u32('tokens', 5), u32('usage', 4, 1, 0)]).finish).toBe('length')
  })

  it.each<[string, Tensor[]]>([
    ['more tokens than were asked for', [text, u32('tokens', ...Array(9).fill(1)), u32('usage', 4, 9, 0)]],
    ['another count', [text, u32('tokens', 5), u32('usage', 4, 2, 0)]],
    ['an unknown ending', [text, u32('tokens', 5), u32('usage', 4, 1, 2)]],
    ['a tensor too many', [text, u32('tokens', 5), u32('usage', 4, 1, 0), textTensor('more', '')]],
    [
      'bytes that are no text',
      [tensorOf('text', 'u8', [1], Uint8Array.of(255)), u32('tokens', 5), u32('usage', 4, 1, 0)],
    ],
  ])('refuses %s', (_, response) => {
    expect(() => readGenerateAnswer(request, response)).toThrow(expect.objectContaining({ code: 'INVALID_TENSOR' }))
  })
})
