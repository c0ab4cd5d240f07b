import { describe, expect, test } from 'vitest'
import vectors from '../testing/ggmlVectors.json' with { type: 'json' }
import { GGML_TYPES } from './ggmlTypes.ts'

const typeOf = (name: string) => [...GGML_TYPES.values()].find((type) => type.name === name)

describe('quantised weights', () => {
  test.each(Object.entries(vectors.types))('%s: the bits that ggml computes', (name, { bytes, floats }) => {
    const type = typeOf(name)
    const packed = Buffer.from(bytes, 'base64')
    const expected = Buffer.from(floats, 'base64')
    const out = new Float32Array(expected.length / 4)
    type?.unpack(packed, out, 0)
    expect(Buffer.from(out.buffer).equals(expected)).toBe(true)
    expect((out.length / (type?.elements ?? 0)) * (type?.bytes ?? 0)).toBe(packed.length)
  })

  test.each(Object.keys(vectors.types))('%s: blocks are written where asked, and nothing else is', (name) => {
    const type = typeOf(name)
    if (!type) throw new Error(name)
    const out = new Float32Array(3 * type.elements).fill(7)
    type.unpack(new Uint8Array(type.bytes), out, type.elements)
    expect(out.every((value, i) => value === (Math.floor(i / type.elements) === 1 ? 0 : 7))).toBe(true)
  })
})
