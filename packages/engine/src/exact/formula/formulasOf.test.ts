import { expect, test } from 'vitest'
import { randomDifferences } from './testing/randomDifferences.ts'

const GRAPHS = 60
const PART = 20

/** Graphs of every operator whose sums reach their bounds, as executors are compared with each other. */
test.each(Array.from({ length: GRAPHS / PART }, (_, part) => part * PART))(
  'elements follow from formulas as the reference has them, in random graphs from %i on',
  async (from) => {
    const { found, judged } = await randomDifferences(from, PART)
    expect(found).toEqual([])
    expect(judged).toBeGreaterThan(PART * 0.9)
  },
)
