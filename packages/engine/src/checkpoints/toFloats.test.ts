import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFloat16 } from '../convert/tfjs/decodeFloat16.ts'
import { toFloats } from './toFloats.ts'

const bytesOf = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

test('every half is the float of the same value', () => {
  const halves = Uint16Array.from({ length: 65_536 }, (_, i) => i)
  const floats = new Float32Array(65_536)
  toFloats('F16', bytesOf(halves), floats)
  // Compares signs of zero and NaN too, not the payloads of NaN.
  expect(floats).toEqual(decodeFloat16(halves))
})

test('bfloat16 is the upper half of a float', () => {
  const floats = new Float32Array(3)
  toFloats('BF16', Uint8Array.of(0x80, 0x3f, 0x49, 0xc0, 0x80, 0xff), floats)
  expect([...floats]).toEqual([1, -3.140625, Number.NEGATIVE_INFINITY])
})

test('floats stay, doubles round, and elements are written where asked', () => {
  fc.assert(
    fc.property(fc.float32Array(), fc.float64Array(), (floats, doubles) => {
      const out = new Float32Array(floats.length + doubles.length)
      toFloats('F32', bytesOf(floats), out)
      toFloats('F64', bytesOf(doubles), out, floats.length)
      expect(out).toEqual(Float32Array.from([...floats, ...doubles]))
    }),
  )
})
