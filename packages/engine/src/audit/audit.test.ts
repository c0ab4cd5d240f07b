import { type Tensor, tensorOf, textTensor } from '@stoa/protocol'
import { describe, expect, test } from 'vitest'
import { isClose } from './isClose.ts'
import { compareSamples } from './sampleTest.ts'
import { AUDIT_TEST, type SequentialState, takeAudit, UNDECIDED } from './sequentialTest.ts'

/** Numbers from 0 to 1 that a seed decides (a 32-bit Weyl sequence through a mixing function). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

describe('the sequential test', () => {
  /** Runs tests one after the other over `audits` audits; counts the verdicts. */
  const verdicts = (failures: number, audits: number, parameters = AUDIT_TEST) => {
    const random = randomFrom(7)
    const count = { open: 0, doubted: 0, cleared: 0 }
    let state: SequentialState = UNDECIDED
    for (let i = 0; i < audits; i++) {
      state = takeAudit(state, random() >= failures, parameters)
      count[state.verdict]++
    }
    return count
  }

  test('doubts an honest seller as rarely as it says', () => {
    const { doubted, cleared } = verdicts(AUDIT_TEST.honest, 2_000_000)
    expect(cleared).toBeGreaterThan(10_000)
    expect(doubted / (doubted + cleared)).toBeLessThan(AUDIT_TEST.falseAlarm / (1 - AUDIT_TEST.miss) + 0.0003)
    const loose = { ...AUDIT_TEST, falseAlarm: 0.05 }
    const often = verdicts(AUDIT_TEST.honest, 1_000_000, loose)
    expect(often.doubted / (often.doubted + often.cleared)).toBeLessThan(0.05 / 0.99)
  })

  test('doubts a cheating one, soon', () => {
    const { doubted, cleared } = verdicts(AUDIT_TEST.cheating, 200_000)
    expect(cleared / (doubted + cleared)).toBeLessThan(AUDIT_TEST.miss)
    expect(200_000 / doubted).toBeLessThan(100)
    expect(verdicts(1, 100).doubted).toBe(25)
  })
})

describe('the test of samples', () => {
  /** Draws of a model that says one of a few letters at each place, more often the one that `leaning` prefers. */
  const draw = (random: () => number, leaning: number) =>
    Array.from({ length: 6 }, () =>
      Array.from({ length: 8 }, () =>
        Array.from({ length: 60 }, () => (random() < leaning ? 'a' : 'bcd'[Math.floor(random() * 3)])).join(''),
      ),
    )

  test('finds a difference between draws of one model no more often than it says', () => {
    const random = randomFrom(3)
    const failed = Array.from({ length: 300 }, () =>
      compareSamples({ theirs: draw(random, 0.4), reference: draw(random, 0.4), random }),
    ).filter((p) => p <= 0.01).length
    // 3 are expected; more than 10 come about once in 1,300 such series.
    expect(failed).toBeLessThanOrEqual(10)
  })

  test('finds another model', () => {
    const random = randomFrom(4)
    const p = compareSamples({ theirs: draw(random, 0.7), reference: draw(random, 0.4), random })
    expect(p).toBeLessThanOrEqual(0.01)
  })

  test('refuses samples that cannot be compared', () => {
    const random = randomFrom(5)
    expect(() => compareSamples({ theirs: [], reference: [], random })).toThrow(RangeError)
    expect(() => compareSamples({ theirs: [['a']], reference: [['a', 'b']], random })).toThrow(RangeError)
  })
})

describe('close answers', () => {
  const embedding = (...rows: number[][]): Tensor[] => [
    tensorOf('embedding', 'f32', [rows.length, 2], Float32Array.from(rows.flat())),
  ]
  test.each([
    [[[0.6, 0.8]], [[0.6000001, 0.8]], true],
    [[[0.6, 0.8]], [[0.65, 0.76]], false],
    [[[0.6, 0.8]], [[Number.NaN, 0.8]], false],
    [
      [[0.6, 0.8]],
      [
        [0.6, 0.8],
        [0.6, 0.8],
      ],
      false,
    ],
  ])('embeddings %j and %j: %s', (a, b, close) => {
    expect(isClose('embedding', embedding(...a), embedding(...b))).toBe(close)
  })

  const page = (text: string) => [
    textTensor('text', text),
    tensorOf('lines', 'u32', [2], Uint32Array.of(0, text.length)),
  ]
  test.each([
    ['Tea 1.80', 'Tea 1.8O', true],
    ['Tea 1.80', 'Tee 1.8O', false],
    ['x'.repeat(1000), `${'x'.repeat(980)}${'y'.repeat(20)}`, true],
    ['x'.repeat(1000), `${'x'.repeat(979)}${'y'.repeat(21)}`, false],
  ])('texts', (a, b, close) => {
    expect(isClose('ocr', page(a), page(b))).toBe(close)
  })
})
