import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteWriter } from './byteWriter.ts'

const written = (write: (out: ByteWriter) => void): number[] => {
  const out = new ByteWriter()
  write(out)
  return [...out.finish()]
}

test('writes the numbers of the specification', () => {
  // The examples of LEB128 in the DWARF standard, which WebAssembly takes it from.
  expect(written((out) => out.unsigned(127))).toEqual([127])
  expect(written((out) => out.unsigned(128))).toEqual([0x80, 1])
  expect(written((out) => out.unsigned(12857))).toEqual([0xb9, 0x64])
  expect(written((out) => out.signed(-2n))).toEqual([0x7e])
  expect(written((out) => out.signed(-127n))).toEqual([0x81, 0x7f])
  expect(written((out) => out.signed(128n))).toEqual([0x80, 1])
  expect(written((out) => out.signed(-129n))).toEqual([0xff, 0x7e])
})

test('what it writes can be read back', () => {
  const read = (bytes: number[]): bigint => {
    const value = bytes.reduce((sum, byte, index) => sum + (BigInt(byte & 127) << BigInt(7 * index)), 0n)
    return ((bytes.at(-1) ?? 0) & 64) === 0 ? value : value - (1n << BigInt(7 * bytes.length))
  }
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      expect(read(written((out) => out.signed(value)))).toBe(value)
    }),
  )
})

test('keeps all that is appended', () => {
  const long = Uint8Array.from({ length: 5000 }, (_, index) => index % 251)
  expect(
    written((out) => {
      out.byte(7)
      out.append(long)
      out.text('é')
    }),
  ).toEqual([7, ...long, 2, 0xc3, 0xa9])
})
