import { DTYPE_BYTES, tensorDigest } from '@stoa/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StoredType } from '../profile/facts.ts'
import { EXACT_TYPES, type ExactType, elementsOf, type Value } from '../value.ts'
import { storedDigest, storedTensor } from './storedTensor.ts'

const LIMITS: Readonly<Record<StoredType, readonly [number, number]>> = {
  u8: [0, 255],
  i8: [-128, 127],
  i16: [-32768, 32767],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  i64: [-(2 ** 52), 2 ** 52],
}
const ARRAYS = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u8: Uint8Array,
  i8: Int8Array,
  bool: Uint8Array,
}
const HELD: Readonly<Record<ExactType, readonly [number, number]>> = {
  ...{ u8: [0, 255], i8: [-128, 127], bool: [0, 1], i32: LIMITS.i32, i64: LIMITS.i64 },
  ...{ f32: [-(2 ** 24), 2 ** 24], f64: LIMITS.i64 },
}

const asValue = (type: ExactType, dims: readonly number[], elements: readonly number[]): Value =>
  (type === 'i64'
    ? { type, dims, data: BigInt64Array.from(elements, BigInt) }
    : { type, dims, data: ARRAYS[type].from(elements) }) as Value

const stored = fc.constantFrom<StoredType[]>('u8', 'i8', 'i16', 'i32', 'i64')
const cases = fc
  .record({
    stored,
    type: fc.constantFrom(...EXACT_TYPES),
    dims: fc.array(fc.nat({ max: 6 }), { maxLength: 5 }),
  })
  .chain(({ stored, type, dims }) => {
    const min = Math.max(LIMITS[stored][0], HELD[type][0])
    const max = Math.min(LIMITS[stored][1], HELD[type][1])
    const length = elementsOf(dims)
    const elements = fc.array(
      fc.oneof(
        fc.maxSafeInteger().map((x) => Math.min(Math.max(x, min), max)),
        fc.integer({ min: Math.max(min, -9), max: Math.min(max, 9) }),
      ),
      {
        minLength: length,
        maxLength: length,
      },
    )
    return elements.map((all) => ({ stored, type, dims, elements: all }))
  })

/** The page, element by element: index [n, y, x, c] of what is stored is [n, c, y, x] of the graph. */
function literally(dims: readonly number[], elements: readonly number[], stored: StoredType): Uint8Array {
  const [, c = 0, h = 0, w = 0] = dims
  const order =
    dims.length === 4
      ? elements.map((_, i) => {
          const [channel, rest] = [i % c, Math.floor(i / c)]
          const [x, y, image] = [rest % w, Math.floor(rest / w) % h, Math.floor(rest / (w * h))]
          return ((image * c + channel) * h + y) * w + x
        })
      : elements.map((_, i) => i)
  const width = DTYPE_BYTES[stored]
  const bytes = order.flatMap((from) => {
    const bits = BigInt.asUintN(64, BigInt(elements[from] ?? 0))
    return Array.from({ length: width }, (_, byte) => Number((bits >> BigInt(8 * byte)) & 255n))
  })
  return Uint8Array.from(bytes)
}

test('stores every type as every type that holds it, channels last', () => {
  fc.assert(
    fc.property(cases, ({ stored, type, dims, elements }) => {
      const tensor = storedTensor('t7', asValue(type, dims, elements), stored)
      expect(tensor.data).toEqual(literally(dims, elements, stored))
      expect(tensor.dims).toEqual(dims.length === 4 ? [dims[0], dims[2], dims[3], dims[1]] : dims)
      expect(storedDigest('t7', asValue(type, dims, elements), stored)).toEqual(tensorDigest(tensor))
    }),
  )
})

test('forgets the sign of zero', () => {
  const data = Float32Array.of(-0, 0)
  expect(storedTensor('t0', { type: 'f32', dims: [2], data }, 'i8').data).toEqual(new Uint8Array(2))
})

test('streams what is longer than a chunk', () => {
  const data = Float32Array.from({ length: 40_000 }, (_, i) => (i * i) % 32768)
  const value: Value = { type: 'f32', dims: [40_000], data }
  expect(storedDigest('t0', value, 'i16')).toEqual(tensorDigest(storedTensor('t0', value, 'i16')))
})
