import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GREEDY, WEIGHT_ENTRIES } from './choice.ts'
import { chooseToken } from './chooseToken.ts'
import { chooseTokenLiterally, weightOf } from './reference/chooseTokenLiterally.ts'
import { type ChoiceVector, choiceVectors } from './reference/vectors.ts'
import { weightTable } from './weightTable.ts'

const weights = weightTable()
const logit = fc.oneof(fc.integer({ min: -20_000, max: 20_000 }), fc.integer({ min: -3, max: 3 }))
const settings = fc.record({
  temperature: fc.constantFrom(0, 1, 100, 700, 1000, 1001, 4000),
  topK: fc.constantFrom(0, 1, 2, 40),
  topP: fc.constantFrom(1, 500_000, 900_000, 999_999, 1_000_000),
  seed: fc.uint8Array({ minLength: 32, maxLength: 32 }),
})

describe('choosing a token', () => {
  test('is as the specification says to the letter', () => {
    fc.assert(
      fc.property(fc.array(logit, { minLength: 1, maxLength: 60 }), settings, fc.nat(5000), (logits, choice, index) => {
        const ours = chooseToken({ logits: Int32Array.from(logits), choice, index, weights })
        const { temperature, topK, topP, seed } = choice
        expect(ours).toBe(chooseTokenLiterally(logits, temperature, topK, topP, seed, index))
      }),
      { numRuns: 400 },
    )
  })

  test('is as the published vectors say', async () => {
    const file = new URL('../../../../../specs/vectors/generation.json', import.meta.url)
    const vectors: ChoiceVector[] = JSON.parse(await readFile(file, 'utf8'))
    expect(vectors).toEqual(choiceVectors())
    for (const { logits, temperature, topK, topP, seed, index, id } of vectors) {
      const choice = { temperature, topK, topP, seed: new Uint8Array(32).fill(seed) }
      expect(chooseToken({ logits: Int32Array.from(logits), choice, index, weights })).toBe(id)
    }
  })

  test('weighs as the series of the exponential does', () => {
    for (let i = 0; i < WEIGHT_ENTRIES + 200; i += 7) expect(BigInt(weights[i] ?? 0)).toBe(weightOf(BigInt(i)))
  })

  test('takes the first of the most likely without chance', () => {
    expect(chooseToken({ logits: Int32Array.of(-5, 7, 7, 6), choice: GREEDY, index: 0, weights })).toBe(1)
  })

  test('draws as often as the weights say', () => {
    const logits = Int32Array.of(0, -1024, -2048)
    const counts = [0, 0, 0]
    const choice = { ...GREEDY, temperature: 1000 }
    for (let index = 0; index < 3000; index++) {
      const token = chooseToken({ logits, choice, index, weights })
      counts[token] = (counts[token] ?? 0) + 1
    }
    // e^0 : e^−1 : e^−2 of 3,000; four standard deviations are 110.
    for (const [i, share] of [0.6652, 0.2447, 0.09].entries())
      expect(Math.abs((counts[i] ?? 0) - 3000 * share)).toBeLessThan(110)
  })
})
