import fc from 'fast-check'
import { expect, it } from 'vitest'
import { tensorOf, textTensor } from '../tensors/tensor.ts'
import { chargeFor, unitsOf } from './chargeFor.ts'

it('rounds up, and never by a whole wei', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 1n << 64n }), fc.bigInt({ min: 0n, max: 1n << 96n }), (units, price) => {
      const rest = chargeFor(units, price) * 1_000_000n - units * price
      expect(rest >= 0n && rest < 1_000_000n).toBe(true)
    }),
  )
})

it('charges a call that counts nothing 1 wei, unless calls are free', () => {
  expect(chargeFor(0n, 1n)).toBe(1n)
  expect(chargeFor(0n, 0n)).toBe(0n)
})

it('counts what both sides can see', () => {
  const request = [tensorOf('image', 'u8', [1, 3, 5, 3], new Uint8Array(45)), textTensor('text', 'αβ')]
  expect(unitsOf('call', request)).toBe(1n)
  expect(unitsOf('pixel', request)).toBe(15n)
  expect(unitsOf('byte', request)).toBe(4n)
  expect(() => unitsOf('token', request)).toThrow('tokens cannot be counted')
})
