import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DType, type Tensor, tensorOf } from '../tensors/tensor.ts'
import { tensorFromJson, tensorToJson } from './tensorJson.ts'

const ARRAYS = { u8: Uint8Array, i8: Int8Array, i16: Int16Array, i32: Int32Array, u32: Uint32Array } as const

const whole = fc
  .tuple(fc.constantFrom('u8', 'i8', 'i16', 'i32', 'u32' as const), fc.array(fc.nat(5), { maxLength: 3 }))
  .chain(([dtype, dims]) => {
    const count = dims.reduce((product, length) => product * length, 1)
    return fc
      .array(fc.integer(), { minLength: count, maxLength: count })
      .map((values): Tensor => tensorOf('x', dtype as DType, dims, ARRAYS[dtype as keyof typeof ARRAYS].from(values)))
  })
const wide = fc
  .array(fc.bigInt(-(2n ** 53n) + 1n, 2n ** 53n - 1n), { maxLength: 9 })
  .map((values) => tensorOf('x', 'i64', [values.length], BigInt64Array.from(values)))
const real = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 9 }).map((values) =>
  tensorOf(
    'x',
    'f32',
    [values.length],
    Float32Array.from(values, (value) => value + 0),
  ),
)

const json = (tensor: Tensor) => JSON.parse(JSON.stringify(tensorToJson(tensor)))

test('what is written is read back, flat or nested', () => {
  fc.assert(
    fc.property(fc.oneof(whole, wide, real), (tensor) => {
      const written = json(tensor)
      expect(tensorFromJson(written)).toEqual(tensor)
      expect(tensorFromJson({ ...written, data: written.data.map((number: number) => [[number]]) })).toEqual(tensor)
    }),
  )
})

test.each<[string, object, string]>([
  ['a type without numbers', { datatype: 'BYTES' }, 'datatype BYTES'],
  ['too few elements', { data: [1] }, '1 elements for the shape [2]'],
  ['too many elements', { data: [1, 2, 3] }, '3 elements'],
  ['a fraction', { data: [1, 1.5] }, 'Element 1 of "x" is no UINT8'],
  ['what the type does not hold', { data: [256, 1] }, 'Element 0'],
  ['text', { data: ['1', 2] }, 'Element 0'],
  ['nothing', { data: [null, 2] }, 'Element 0'],
  ['a long beyond what numbers are sure of', { datatype: 'INT64', data: [2 ** 53, 1] }, 'Element 0'],
  ['a name that is none', { name: 'X/1' }, 'is not a name'],
])('refuses %s', (_, change, why) => {
  expect(() => tensorFromJson({ name: 'x', shape: [2], datatype: 'UINT8', data: [1, 2], ...change })).toThrow(why)
})
