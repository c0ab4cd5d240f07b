import { expect, test } from 'vitest'
import { agreement } from './agreement.ts'

const vectors = (...rows: [number, number][]) => rows.map((row) => Float32Array.from(row))

test('lengths do not count, only where embeddings point', () => {
  const { cosines, mean, sameNearest } = agreement(vectors([2, 0], [0, 1], [1, 1.5]), vectors([1, 0], [0, 3], [2, 3]))
  for (const cosine of [...cosines, mean]) expect(cosine).toBeCloseTo(1, 9)
  expect(sameNearest).toBe(1)
})

test('the least cosine is first, and a nearest neighbour lost is counted', () => {
  // The third leaves the second for the first, which it is now nearest to; the second stays nearest to the third.
  const { cosines, sameNearest } = agreement(vectors([1, 0], [0, 1], [1, 0.9]), vectors([1, 0], [0, 1], [0.9, 1]))
  expect(cosines[0]).toBeCloseTo(1.8 / 1.81, 6)
  expect(cosines[2]).toBeCloseTo(1, 9)
  expect(sameNearest).toBeCloseTo(2 / 3, 9)
})

test('different texts can not be compared', () => {
  expect(() => agreement(vectors([1, 0], [0, 1]), vectors([1, 0]))).toThrow(RangeError)
})
