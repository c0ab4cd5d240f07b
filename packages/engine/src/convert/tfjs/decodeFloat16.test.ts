import { expect, test } from 'vitest'
import { decodeFloat16 } from './decodeFloat16.ts'

test.each([
  ['zero', 0x0000, 0],
  ['one', 0x3c00, 1],
  ['minus two', 0xc000, -2],
  ['the nearest to a third', 0x3555, 0.333251953125],
  ['the largest', 0x7bff, 65504],
  ['the smallest normal', 0x0400, 2 ** -14],
  ['the smallest', 0x0001, 2 ** -24],
  ['infinity', 0x7c00, Number.POSITIVE_INFINITY],
  ['minus infinity', 0xfc00, Number.NEGATIVE_INFINITY],
  ['not a number', 0x7e00, Number.NaN],
])('%s', (_, half, value) => {
  expect(decodeFloat16(Uint16Array.of(half))).toEqual(Float32Array.of(value))
})

test('minus zero keeps its sign', () => {
  expect(Object.is(decodeFloat16(Uint16Array.of(0x8000))[0], -0)).toBe(true)
})
