import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Tensor, tensorOf, textTensor } from '../tensors/tensor.ts'
import { chargedUnits, chargeFor, unitsOfRequest } from './chargeFor.ts'

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
  expect(unitsOfRequest('call', request)).toEqual({ least: 1n, most: 1n })
  expect(unitsOfRequest('pixel', request)).toEqual({ least: 15n, most: 15n })
  expect(unitsOfRequest('byte', request)).toEqual({ least: 49n, most: 49n })
  expect(chargedUnits({ least: 5n, most: 5n }, [])).toBe(5n)
})

it('counts the tokens of a request, and those of the answer up to as many as were asked for', () => {
  const u32 = (name: string, count: number, ...values: number[]): Tensor =>
    tensorOf(
      name,
      'u32',
      [count],
      Uint32Array.from({ length: count }, (_, i) => values[i] ?? 0),
    )
  const ids = u32('ids', 5)
  expect(unitsOfRequest('token', [ids, u32('offsets', 3)])).toEqual({ least: 5n, most: 5n })
  const bounds = unitsOfRequest('token', [ids, u32('settings', 4, 20)])
  expect(bounds).toEqual({ least: 5n, most: 25n })
  expect(chargedUnits(bounds, [u32('tokens', 20)])).toBe(25n)
  expect(chargedUnits(bounds, [u32('tokens', 1)])).toBe(6n)
  expect(() => chargedUnits(bounds, [u32('tokens', 21)])).toThrow('counts 26 tokens, its request allows 25')
  expect(() => chargedUnits(bounds, [])).toThrow('"tokens"')
})
