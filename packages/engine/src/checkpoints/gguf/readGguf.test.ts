import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SMALL_CONFIG, smallGguf } from '../testing/smallLlama.ts'
import { temporaryFolder } from '../testing/temporaryFolder.ts'
import { ggmlBytes, ggufBytes, type TypedValue, writeGguf } from '../testing/writeGguf.ts'
import { GGML_TYPES } from './ggmlTypes.ts'
import { parseGguf } from './parseGguf.ts'
import { readGguf } from './readGguf.ts'

const parse = (bytes: Uint8Array) => parseGguf(bytes, bytes.length, 'x.gguf')
const tensor = (name: string, more: object = {}) => ({ name, type: 0, dims: [2, 4], data: new Uint8Array(32), ...more })

describe('GGUF', () => {
  test('values of every type are those that were written', () => {
    const scalar: fc.Arbitrary<TypedValue> = fc.oneof(
      fc.nat(255).map((v) => ['u8', v] as const),
      fc.integer({ min: -128, max: 127 }).map((v) => ['i8', v] as const),
      fc.nat(65_535).map((v) => ['u16', v] as const),
      fc.integer({ min: -32_768, max: 32_767 }).map((v) => ['i16', v] as const),
      fc.nat(2 ** 31 - 1).map((v) => ['u32', v * 2 + 1] as const),
      fc.integer().map((v) => ['i32', v] as const),
      fc.float({ noNaN: true }).map((v) => ['f32', v] as const),
      fc.double({ noNaN: true }).map((v) => ['f64', v] as const),
      fc.boolean().map((v) => ['bool', v] as const),
      fc.string({ unit: 'grapheme' }).map((v) => ['text', v] as const),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((v) => ['u64', v] as const),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((v) => ['i64', v] as const),
    )
    const list = (of: fc.Arbitrary<TypedValue>): fc.Arbitrary<TypedValue> =>
      fc.array(of, { maxLength: 4 }).map((values) => {
        const type = values[0]?.[0] ?? 'u8'
        return ['list', type, values.filter((value) => value[0] === type)] as const
      })
    const any = fc.oneof(scalar, list(scalar), list(list(scalar)))
    const contentOf = (value: TypedValue): unknown => {
      if (value[0] === 'list') return value[2].map(contentOf)
      const number = typeof value[1] === 'bigint' ? Number(value[1]) : value[1]
      return Number.isSafeInteger(number) ? number : value[1]
    }
    fc.assert(
      fc.property(fc.dictionary(fc.string(), any), fc.constantFrom(2, 3), (metadata, version) => {
        delete metadata['general.alignment']
        const header = parse(ggufBytes({ metadata, tensors: [], version }))
        const expected = Object.entries(metadata).map(([key, value]) => [key, contentOf(value)])
        expect([...(header?.metadata ?? [])]).toEqual(expected)
      }),
    )
  })

  test('a header that a prefix cuts short is read with a longer one', async () => {
    const path = join(await temporaryFolder(), 'a.gguf')
    const long = 'x'.repeat(600_000)
    await writeGguf(path, { metadata: { long: ['text', long] }, tensors: [tensor('t')] })
    await using file = await readGguf(path)
    expect(file.metadata.get('long')).toBe(long)
    expect(await file.floats('t')).toEqual(new Float32Array(8))
    await expect(file.floats('u')).rejects.toThrow('it has no tensor "u"')
  })

  test.each([16, 64])('tensors of all types follow each other at an alignment of %i', async (alignment) => {
    const path = join(await temporaryFolder(), 'a.gguf')
    const tensors = [...GGML_TYPES].map(([type, { name }]) => {
      return { name, type, dims: [3, 256], data: new Uint8Array(ggmlBytes(type, 3 * 256)) }
    })
    await writeGguf(path, { metadata: { 'general.alignment': ['u32', alignment] }, tensors, alignment })
    await using file = await readGguf(path)
    for (const { name, dims } of tensors) {
      expect(file.tensors.get(name)).toMatchObject({ dims, type: { name } })
      // Zeros of both signs: a scale of 0 times a negative number is -0.
      const floats = await file.floats(name)
      expect([floats.length, floats.every((value) => value === 0)], name).toEqual([3 * 256, true])
    }
  })

  const at = (bytes: Buffer, offset: number, value: number[]) => {
    Buffer.from(value).copy(bytes, offset)
    return bytes
  }
  const ones = Array(8).fill(0xff)
  const plain = () => ggufBytes({ metadata: {}, tensors: [tensor('a'), tensor('b')] })
  const listOfLists = (depth: number): TypedValue =>
    depth === 0 ? ['u8', 1] : ['list', depth === 1 ? 'u8' : 'list', [listOfLists(depth - 1)]]

  test.each([
    ['another file', Buffer.from('not a model at all, but long enough'), 'it does not begin with "GGUF"'],
    ['an empty file', Buffer.alloc(0), 'it ends in the middle of its header'],
    ['version 1', ggufBytes({ metadata: {}, tensors: [], version: 1 }), 'version 1 of GGUF'],
    ['big-endian', ggufBytes({ metadata: {}, tensors: [], version: 0x03000000 }), 'big-endian numbers'],
    ['more tensors than could be', at(plain(), 8, ones), 'it would have 18446744073709551615 tensors'],
    ['more metadata than could be', at(plain(), 16, ones), 'it would have 18446744073709551615 metadata entries'],
    [
      'a text longer than could be',
      at(ggufBytes({ metadata: { a: ['text', 'b'] }, tensors: [] }), 24, ones),
      'bytes in one text',
    ],
    [
      'a list longer than could be',
      at(ggufBytes({ metadata: { a: ['list', 'u8', []] }, tensors: [] }), 41, [0xff, 0xff]),
      'elements in one list',
    ],
    [
      'an unknown type of value',
      at(ggufBytes({ metadata: { a: ['u8', 1] }, tensors: [] }), 33, [13]),
      'no value has the type 13',
    ],
    [
      'a truth value of 2',
      at(ggufBytes({ metadata: { a: ['bool', true] }, tensors: [] }), 37, [2]),
      'a truth value is 2',
    ],
    [
      'a text that is not UTF-8',
      at(ggufBytes({ metadata: { a: ['text', 'b'] }, tensors: [] }), 45, [0xff]),
      'is not UTF-8',
    ],
    ['lists in lists in lists', ggufBytes({ metadata: { a: listOfLists(4) }, tensors: [] }), 'nested more than 3 deep'],
    [
      'an alignment of 24',
      ggufBytes({ metadata: { 'general.alignment': ['u32', 24] }, tensors: [] }),
      'its alignment would be 24',
    ],
    [
      'an alignment of 0',
      ggufBytes({ metadata: { 'general.alignment': ['u32', 0] }, tensors: [] }),
      'its alignment would be 0',
    ],
    [
      'a tensor twice',
      ggufBytes({ metadata: {}, tensors: [tensor('a'), tensor('a')] }),
      'the tensor "a" is there twice',
    ],
    [
      'five dimensions',
      ggufBytes({ metadata: {}, tensors: [tensor('a', { dims: [1, 1, 1, 2, 4] })] }),
      'has 5 dimensions',
    ],
    ['a name too long', ggufBytes({ metadata: {}, tensors: [tensor('a'.repeat(65))] }), 'bytes in one text'],
    [
      'a type that is gone',
      ggufBytes({ metadata: {}, tensors: [tensor('a', { type: 4 })] }),
      'the element type 4 of the tensor "a"',
    ],
    [
      'a type that is known by name',
      ggufBytes({ metadata: {}, tensors: [tensor('a', { type: 10 })] }),
      'the element type Q2_K of',
    ],
    [
      'half a block',
      ggufBytes({ metadata: {}, tensors: [tensor('a', { type: 2, dims: [16, 8] })] }),
      `can't be 8 × 16 of Q4_0`,
    ],
    [
      'a size past all bounds',
      ggufBytes({ metadata: {}, tensors: [tensor('a', { dims: [2 ** 40, 2 ** 40] })] }),
      "can't be",
    ],
    ['bytes left over', Buffer.concat([plain(), Buffer.alloc(1)]), 'its tensors end at byte'],
    ['a cut', plain().subarray(0, -1), 'its tensors end at byte'],
  ])('%s is refused', (_, bytes, why) => {
    expect(() => parse(bytes)).toThrow(why)
  })

  test('tensors that overlap, or leave room, are refused', () => {
    const bytes = plain()
    const second = bytes.indexOf('b', bytes.indexOf('a', 24) + 1) + 1 + 4 + 16 + 4
    expect(bytes.readBigUInt64LE(second)).toBe(32n)
    for (const offset of [0n, 31n, 64n, 2n ** 53n - 1n]) {
      bytes.writeBigUInt64LE(offset, second)
      expect(() => parse(bytes), String(offset)).toThrow('the tensor "b" is at byte')
    }
  })

  test('no change of a byte, and no cut, is anything but an error of ours or a header', async () => {
    const good = ggufBytes(smallGguf(SMALL_CONFIG))
    const headerEnd = parse(good)?.tensors.values().next().value?.begin ?? 0
    await fc.assert(
      fc.property(fc.nat(headerEnd - 1), fc.nat(255), fc.boolean(), (place, byte, cut) => {
        const bad = Buffer.from(cut ? good.subarray(0, place) : good)
        if (!cut) bad[place] = byte
        try {
          parse(bad)
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/_CHECKPOINT$/) })
        }
      }),
      { numRuns: 400 },
    )
  })

  test('a file that shrinks after it was opened is an error', async () => {
    const path = join(await temporaryFolder(), 'a.gguf')
    await writeGguf(path, { metadata: {}, tensors: [tensor('a')] })
    await using file = await readGguf(path)
    await writeFile(path, '')
    await expect(file.floats('a')).rejects.toThrow('it ends before byte')
  })
})
