import fc from 'fast-check'
import { expect, it } from 'vitest'
import { tensorOf, textTensor } from '../tensors/tensor.ts'
import { chargedUnits, chargeFor, mostUnits } from './chargeFor.ts'

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
  expect(mostUnits('call', request)).toBe(1n)
  expect(mostUnits('pixel', request)).toBe(15n)
  expect(mostUnits('byte', request)).toBe(4n)
})

it('bounds tokens by the request, and counts them by the answer', () => {
  const request = [textTensor('prompt', 'naïve'), tensorOf('settings', 'u32', [4], Uint32Array.of(20, 0, 0, 1_000_000))]
  const usage = (...counts: number[]) => [tensorOf('usage', 'u32', [3], Uint32Array.from(counts))]
  const most = mostUnits('token', request)
  expect(most).toBe(6n + 1n + 20n)
  expect(chargedUnits('token', most, usage(3, 20, 0))).toBe(23n)
  expect(() => chargedUnits('token', most, usage(8, 20, 0))).toThrow('"usage" counts 28 tokens, the request allows 27')
  expect(chargedUnits('byte', 5n, [])).toBe(5n)
})
