import { type Tensor, tensorOf } from '@stoa/protocol'
import { describe, expect, test } from 'vitest'
import { readGeneration } from './readGeneration.ts'

const MODEL = { vocabulary: 2048, context: 256 }
const request = (settings: number[], seed = new Uint8Array(32), ids = [0, 17, 2047]): Tensor[] => [
  tensorOf('ids', 'u32', [ids.length], Uint32Array.from(ids)),
  tensorOf('settings', 'u32', [settings.length], Uint32Array.from(settings)),
  tensorOf('seed', 'u8', [seed.length], seed),
]
const SEED = new Uint8Array(32).fill(9)
const GREEDY = [1, 0, 0, 1]

describe('a request to generate', () => {
  test('is read', () => {
    const { prompt, limit, choice } = readGeneration(request([253, 800, 40, 900_000], SEED), MODEL)
    expect([...prompt]).toEqual([0, 17, 2047])
    expect(limit).toBe(253)
    expect(choice).toEqual({ temperature: 800, topK: 40, topP: 900_000, seed: SEED })
  })

  test.each<[string, Tensor[], string]>([
    ['no tensors', [], '3 tensors are needed'],
    ['too few settings', request([10, 0, 0]), '4 are needed'],
    ['no tokens', request([0, 0, 0, 1_000_000]), '0 are asked for'],
    ['too many tokens', request([4097, 0, 0, 1_000_000]), '4097 are asked for'],
    ['a high temperature', request([1, 4001, 0, 1_000_000], SEED), 'the temperature is 4001'],
    ['no share', request([1, 800, 0, 0], SEED), 'top p is 0'],
    ['a short seed', request([1, 800, 0, 1], new Uint8Array(8)), 'the seed has 8 bytes'],
    ['a seed where nothing is drawn', request(GREEDY, SEED), 'a seed of zeros'],
    ['an empty prompt', request(GREEDY, undefined, []), 'the prompt has no tokens'],
    ['an id of no token', request(GREEDY, undefined, [2048]), 'the model knows 2048 ids, 2048 is none of them'],
    [
      'a prompt that is too long',
      request([100, 0, 0, 1], undefined, Array(157).fill(0)),
      "157 tokens and 100 more are 1 too many for the model's context of 256",
    ],
  ])('is refused with %s', (_, tensors, why) => {
    expect(() => readGeneration(tensors, MODEL)).toThrow(why)
  })
})
