import fc from 'fast-check'
import { expect, test } from 'vitest'
import { constantFacts, unitOf } from './constantFacts.ts'

const view = new DataView(new ArrayBuffer(8))

test('the unit of an odd number times a power of two is that power', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 51 }),
      fc.integer({ min: -300, max: 300 }),
      fc.boolean(),
      (half, e, less) => {
        const odd = (2 * half + 1) * 2 ** e
        expect(unitOf(less ? -odd : odd, view)).toBe(e)
      },
    ),
  )
})

test('a constant has the facts of its elements', () => {
  const facts = constantFacts({ type: 'f32', dims: [3], data: Float32Array.of(-0, 2.75, -300) })
  expect(facts).toMatchObject({ unit: -2, lo: -300, hi: 2.75, stored: 'i16' })
  expect(constantFacts({ type: 'i64', dims: [1], data: BigInt64Array.of(2n ** 40n) })).toMatchObject({
    unit: 0,
    stored: 'i64',
  })
  expect(constantFacts({ type: 'u8', dims: [0], data: new Uint8Array() })).toMatchObject({ unit: 0, lo: 0, hi: 0 })
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** -140])('%d has no place in a constant', (x) => {
  expect(constantFacts({ type: 'f32', dims: [2], data: Float32Array.of(1, x) })).toBeUndefined()
})
