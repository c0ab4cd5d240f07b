import { describe, expect, test } from 'vitest'
import { createTally } from './tally.ts'

describe('a tally', () => {
  test('knows as many tokens apart as it has no idea of', () => {
    const tally = createTally()
    for (const next of [0, 3, 7]) tally.add(new Float32Array(8).fill(-5), next)
    expect(tally.perplexity()).toBeCloseTo(8, 9)
    expect(tally.count).toBe(3)
  })

  test('takes logits for natural logarithms of shares', () => {
    const tally = createTally()
    const shares = [0.5, 0.25, 0.25]
    expect(tally.add(shares.map(Math.log), 1)).toBe(0)
    expect(tally.perplexity()).toBeCloseTo(4, 9)
  })
})
