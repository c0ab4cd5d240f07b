import { expect, test } from 'vitest'
import { InvalidTfjsModelError } from '../errors.ts'
import { readWeights } from './readWeights.ts'

const read = (weights: unknown[], ...bytes: number[]) =>
  readWeights([{ paths: ['w'], weights }], [Uint8Array.from(bytes)])

test('cuts plain tensors of every element type, wherever they start', () => {
  const weights = read(
    [
      { name: 'b', shape: [3], dtype: 'bool' },
      { name: 'f', shape: [], dtype: 'float32' },
      { name: 'i', shape: [1, 2], dtype: 'int32' },
    ],
    ...[1, 0, 1],
    ...[0, 0, 0x80, 0x3f],
    ...[0xff, 0xff, 0xff, 0xff, 2, 1, 0, 0],
  )
  expect(Object.fromEntries(weights)).toEqual({
    b: { kind: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) },
    f: { kind: 'float', dims: [], data: Float32Array.of(1) },
    i: { kind: 'int', dims: [1, 2], data: Int32Array.of(-1, 258) },
  })
})

test('undoes quantisation: q·scale + min, integers rounded, halves exact', () => {
  const quantised = (dtype: string, stored: string, shape: number[]) => ({
    name: 'w',
    shape,
    dtype,
    quantization: { dtype: stored, scale: 0.5, min: -1 },
  })
  expect(read([quantised('float32', 'uint8', [3])], 0, 1, 255).get('w')?.data).toEqual(Float32Array.of(-1, -0.5, 126.5))
  expect(read([quantised('float32', 'uint16', [2])], 1, 0, 0, 1).get('w')?.data).toEqual(Float32Array.of(-0.5, 127))
  expect(read([quantised('int32', 'uint8', [2])], 4, 7).get('w')?.data).toEqual(Int32Array.of(1, 3))
  expect(read([quantised('float32', 'float16', [2])], 0x00, 0x3c, 0x00, 0xc0).get('w')?.data).toEqual(
    Float32Array.of(1, -2),
  )
})

test('a tensor may run over the edge between two shards of its group, not of another group', () => {
  const weight = { name: 'i', shape: [1], dtype: 'int32' }
  const [a, b] = [Uint8Array.of(1, 2), Uint8Array.of(3, 0)]
  expect(readWeights([{ paths: ['a', 'b'], weights: [weight] }], [a, b]).get('i')?.data).toEqual(
    Int32Array.of(0x0003_0201),
  )
  const apart = [
    { paths: ['a'], weights: [weight] },
    { paths: ['b'], weights: [] },
  ]
  expect(() => readWeights(apart, [a, b])).toThrow(InvalidTfjsModelError)
})

test.each([
  ['a type that graphs do not use', { name: 'w', shape: [1], dtype: 'complex64' }],
  [
    'an unknown quantisation',
    { name: 'w', shape: [1], dtype: 'float32', quantization: { dtype: 'int4', scale: 1, min: 0 } },
  ],
  [
    'a quantisation of plain floats',
    { name: 'w', shape: [1], dtype: 'float32', quantization: { dtype: 'float32', scale: 1, min: 0 } },
  ],
  ['quantised booleans', { name: 'w', shape: [4], dtype: 'bool', quantization: { dtype: 'uint8', scale: 1, min: 0 } }],
  ['no scale', { name: 'w', shape: [4], dtype: 'float32', quantization: { dtype: 'uint8', min: 0 } }],
  ['no name', { shape: [1], dtype: 'float32' }],
  ['no object', 'w'],
])('refuses %s', (_, weight) => {
  expect(() => read([weight], 0, 0, 0, 0)).toThrow(InvalidTfjsModelError)
})
