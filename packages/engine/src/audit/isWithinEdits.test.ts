import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isWithinEdits } from './isWithinEdits.ts'

/** The whole table. */
function distance(a: readonly number[], b: readonly number[]): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++)
      row.push(
        Math.min((above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1), (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1),
      )
    above = row
  }
  return above[b.length] ?? 0
}

test('says what the whole table says, for any number of edits', () => {
  const text = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 24 })
  fc.assert(
    fc.property(text, text, fc.integer({ min: 0, max: 26 }), (a, b, most) => {
      expect(isWithinEdits(a, b, most)).toBe(distance(a, b) <= most)
    }),
    { numRuns: 2000 },
  )
})

test('looks at a band of the table, however far the texts are apart', () => {
  let looked = 0
  const counted = new Proxy(new Uint32Array(5000), {
    get(target, property) {
      if (typeof property === 'string' && property !== 'length') looked++
      return Reflect.get(target, property)
    },
  })
  expect(isWithinEdits(counted, new Uint32Array(5000).fill(1), 100)).toBe(false)
  expect(looked).toBeLessThanOrEqual(5000 * 201)
})
