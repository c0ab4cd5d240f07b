import { type Tensor, tensorOf, textTensor } from '@stoa/protocol'
import { describe, expect, test } from 'vitest'
import { readGeneration } from './readGeneration.ts'

const request = (settings: number[], seed = new Uint8Array(32), prompt = 'Once'): Tensor[] => [
  textTensor('prompt', prompt),
  tensorOf('settings', 'u32', [settings.length], Uint32Array.from(settings)),
  tensorOf('seed', 'u8', [seed.length], seed),
]
const SEED = new Uint8Array(32).fill(9)

describe('a request to generate', () => {
  test('is read', () => {
    const { prompt, limit, choice } = readGeneration(request([10, 800, 40, 900_000], SEED))
    expect(new TextDecoder().decode(prompt)).toBe('Once')
    expect(limit).toBe(10)
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
    ['a seed where nothing is drawn', request([1, 0, 0, 1], SEED), 'a seed of zeros'],
    ['a long prompt', request([1, 0, 0, 1], new Uint8Array(32), 'x'.repeat(65_537)), 'at most 65536'],
  ])('is refused with %s', (_, tensors, why) => {
    expect(() => readGeneration(tensors)).toThrow(why)
  })

  test('is refused when it is not UTF-8', () => {
    const [, settings, seed] = request([1, 0, 0, 1])
    const prompt = tensorOf('prompt', 'u8', [1], Uint8Array.of(0xff))
    expect(() => readGeneration([prompt, settings ?? prompt, seed ?? prompt])).toThrow('not UTF-8')
  })
})
