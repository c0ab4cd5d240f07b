import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classTable } from './classTable.ts'
import { NOT_UTF8, readSymbols } from './readSymbols.ts'

const table = classTable()
const codes = (bytes: Uint8Array) => {
  const { code, count } = readSymbols(bytes, table)
  return [...code.subarray(0, count)]
}

describe('symbols of a text', () => {
  test('are the code points of well-formed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(codes(new TextEncoder().encode(text))).toEqual([...text].map((c) => c.codePointAt(0)))
      }),
    )
  })

  test('are the code points that a decoder finds, and single bytes between them', () => {
    // Bytes that make and break characters often.
    const byte = fc.oneof(
      fc.constantFrom(0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5),
      fc.nat(255),
    )
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 12 }), (list) => {
        const bytes = Uint8Array.from(list)
        const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
        const good = (all: number[]) => all.filter((c) => c !== NOT_UTF8 && c !== 0xfffd)
        expect(good(codes(bytes))).toEqual(good([...decoder.decode(bytes)].map((c) => c.codePointAt(0) ?? 0)))
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['overlong', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['past the last code point', [0xf4, 0x90, 0x80, 0x80]],
    ['cut short', [0xf0, 0x9f, 0x8e]],
  ])('%s: every byte is a symbol by itself', (_, list) => {
    expect(codes(Uint8Array.from(list))).toEqual(list.map(() => NOT_UTF8))
  })

  test('cover the bytes without gap', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const { start, count } = readSymbols(bytes, table)
        expect(start[0]).toBe(0)
        expect(start[count]).toBe(bytes.length)
        for (let i = 0; i < count; i += 1) expect(start[i + 1]).toBeGreaterThan(start[i] ?? 0)
      }),
    )
  })
})
