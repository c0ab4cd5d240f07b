import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { balance, channelReach, type Samples } from './balance.ts'

const WIDTH = 12

/** Rows whose channels are of very different sizes, and a matrix that reads them. */
function example(seed: number): { samples: Samples; weights: Float32Array } {
  const wave = (i: number, speed: number) => Math.sin(seed + i * speed)
  const data = Float32Array.from({ length: 40 * WIDTH }, (_, i) => wave(i, 1.7) * 4 ** ((i % WIDTH) % 5))
  const weights = Float32Array.from({ length: 7 * WIDTH }, (_, i) => wave(i, 2.3))
  return { samples: { width: WIDTH, data }, weights }
}

describe('balance', () => {
  test('cuts off nothing of a reach that is given', () => {
    fc.assert(
      fc.property(
        fc.nat(1_000),
        fc.constantFrom(127, 255, 511),
        fc.double({ min: 1, max: 9, noNaN: true }),
        (seed, held, room) => {
          const { samples, weights } = example(seed)
          const reach = channelReach(samples).map((own) => own * room)
          const steps = balance(samples, weights, { held, reach })
          for (const [i, step] of steps.entries())
            expect(step * held).toBeGreaterThanOrEqual((reach[i] ?? 0) * 0.999_999)
        },
      ),
      { numRuns: 20 },
    )
  })

  test('finds steps as fine as the integers allow', () => {
    const { samples, weights } = example(3)
    const reach = channelReach(samples)
    const [coarse, fine] = [127, 511].map((held) => balance(samples, weights, { held, weight: held, reach }))
    expect(fine?.[0]).toBeLessThan((coarse?.[0] ?? 0) / 2)
  })
})
