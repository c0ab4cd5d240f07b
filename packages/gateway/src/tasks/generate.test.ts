import { findTensor, type Tensor, tensorOf, textTensor, valuesOf } from '@stoa/protocol'
import { describe, expect, it } from 'vitest'
import { generateRequest, readGenerateAnswer } from './generate.ts'

const sampling = { maxTokens: 8, temperature: 700, topK: 40, topP: 950_000, seed: new Uint8Array(32).fill(9) }
const facts = { vocabulary: 100, context: 64, begin: [0], ends: [0, 7] }

describe('generateRequest', () => {
  it('lays out ids, settings and seed; a greedy one draws from nothing', () => {
    const request = generateRequest(Uint32Array.of(0, 5, 6), sampling)
    expect(request.map(({ name, dtype, dims }) => [name, dtype, ...dims])).toEqual([
      ['ids', 'u32', 3],
      ['settings', 'u32', 4],
      ['seed', 'u8', 32],
    ])
    expect([...valuesOf(findTensor(request, 'settings'), 'u32')]).toEqual([8, 700, 40, 950_000])
    const greedy = generateRequest(Uint32Array.of(0), { ...sampling, temperature: 0 })
    expect(findTensor(greedy, 'seed').data.every((byte) => byte === 0)).toBe(true)
  })
})

describe('readGenerateAnswer', () => {
  const request = generateRequest(Uint32Array.of(0, 5), sampling)
  const tokens = (...ids: number[]) => tensorOf('tokens', 'u32', [ids.length], Uint32Array.from(ids))
  const full = [1, 2, 3, 4, 5, 6, 8, 9]

  it('tells what is text, and why it ended', () => {
    expect(readGenerateAnswer(request, [tokens(5, 6, 7)], facts)).toEqual({
      ...{ tokens: Uint32Array.of(5, 6, 7), shown: Uint32Array.of(5, 6), finish: 'stop' },
    })
    expect(readGenerateAnswer(request, [tokens(...full)], facts)).toMatchObject({ finish: 'length' })
    expect(readGenerateAnswer(request, [tokens(0)], facts).shown).toHaveLength(0)
  })

  it.each<[string, Tensor[], string]>([
    ['no tokens', [tokens()], 'there are 0 tokens, 1 to 8'],
    ['more tokens than were asked for', [tokens(...full, 10)], 'there are 9 tokens, 1 to 8'],
    ['an id of no token', [tokens(100, 0)], '100 is none of them'],
    ['an end too early', [tokens(1, 2)], 'it stops after 2 of 8 tokens'],
    ['an end too late', [tokens(1, 7, 2, 7)], 'token 1 ends the text, and 2 follow it'],
    ['a tensor too many', [tokens(0), textTensor('more', '')], 'one tensor'],
    ['another shape', [tensorOf('tokens', 'u32', [1, 1], Uint32Array.of(0))], 'one tensor'],
    ['another type', [tensorOf('tokens', 'i32', [1], Int32Array.of(0))], 'tokens'],
  ])('refuses %s', (_, response, why) => {
    const read = () => readGenerateAnswer(request, response, facts)
    expect(read).toThrow(expect.objectContaining({ code: 'INVALID_TENSOR' }))
    expect(read).toThrow(why)
  })
})
