import { expect, test } from 'vitest'
import { combine, realsOf, scalar } from './reals.ts'

const add = (a: number, b: number) => a + b
const tensor = (dims: number[], ...values: number[]) => ({ dims, data: Float64Array.from(values) })

test('constants combine by the rules of broadcasting', () => {
  expect(combine(tensor([2, 1], 10, 20), tensor([3], 1, 2, 3), add)).toEqual(tensor([2, 3], 11, 12, 13, 21, 22, 23))
  expect(combine(scalar(5), tensor([2], 1, 2), (a, b) => a - b)).toEqual(tensor([2], 4, 3))
  expect(() => combine(tensor([2], 1, 2), tensor([3], 1, 2, 3), add)).toThrow('lengths 2 and 3 differ')
})

test('halves become doubles, subnormal ones and infinities included; integers are no reals', () => {
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555)
  expect(realsOf({ type: 'f16', dims: [5], data: halves })?.data).toEqual(
    Float64Array.of(1, -2, 2 ** -24, Infinity, 1365 / 4096),
  )
  expect(realsOf({ type: 'i32', dims: [], data: Int32Array.of(1) })).toBeUndefined()
})
