import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporaryFolder.ts'
import { SAFETENSORS_BYTES, type SafetensorsType } from './dtypes.ts'
import { readSafetensors } from './readSafetensors.ts'
import { writeSafetensors } from './writeSafetensors.ts'

/** A file made by hand: the header's text, then data. */
async function fileOf(header: string | object, dataBytes: number, length?: bigint): Promise<string> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const head = Buffer.alloc(8)
  head.writeBigUInt64LE(length ?? BigInt(json.length))
  const path = join(await temporaryFolder(), 'model.safetensors')
  await writeFile(path, Buffer.concat([head, json, Buffer.alloc(dataBytes)]))
  return path
}

const tensor = (begin: number, end: number, more: object = {}) => ({
  dtype: 'F32',
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
  ...more,
})

describe('safetensors', () => {
  test('what is written is read', async () => {
    const types = Object.keys(SAFETENSORS_BYTES) as SafetensorsType[]
    const anyTensor = fc
      .record({ type: fc.constantFrom(...types), dims: fc.array(fc.nat(3), { maxLength: 3 }), seed: fc.nat(255) })
      .map(({ type, dims, seed }) => {
        const length = dims.reduce((a, b) => a * b, SAFETENSORS_BYTES[type])
        return { type, dims, data: Uint8Array.from({ length }, (_, i) => (seed + i * 37) & 0xff) }
      })
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), anyTensor, { maxKeys: 5 }), async (all) => {
        const folder = await temporaryFolder()
        const tensors = Object.entries(all).map(([name, rest]) => ({ name, ...rest }))
        await writeSafetensors(join(folder, 'a'), tensors, { format: 'pt' })
        await using file = await readSafetensors(join(folder, 'a'))
        expect([...file.metadata]).toEqual([['format', 'pt']])
        expect(file.tensors.size).toBe(tensors.length)
        for (const { name, type, dims, data } of tensors) {
          expect(file.tensors.get(name)).toMatchObject({ type, dims })
          expect(await file.bytes(name)).toEqual(data)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('floats of every floating-point type are those that were stored', async () => {
    const path = join(await temporaryFolder(), 'a')
    await writeSafetensors(path, [
      { name: 'half', type: 'F16', dims: [2], data: Uint16Array.of(0x3c00, 0xc248) },
      { name: 'brain', type: 'BF16', dims: [2], data: Uint16Array.of(0x3f80, 0xc049) },
      { name: 'single', type: 'F32', dims: [1, 2], data: Float32Array.of(1, -3.140625) },
      { name: 'double', type: 'F64', dims: [2, 1], data: Float64Array.of(1, -3.140625) },
      { name: 'whole', type: 'I8', dims: [1], data: Int8Array.of(1) },
    ])
    await using file = await readSafetensors(path)
    for (const name of ['half', 'brain', 'single', 'double']) {
      expect([...(await file.floats(name))], name).toEqual([1, -3.140625])
    }
    await expect(file.floats('whole')).rejects.toThrow('the tensor "whole" is of I8, not of floats')
    await expect(file.floats('none')).rejects.toThrow('it has no tensor "none"')
  })

  test('a tensor larger than what is read at a time is whole', async () => {
    const path = join(await temporaryFolder(), 'a')
    const data = Float32Array.from({ length: 1_200_000 }, (_, i) => i)
    await writeSafetensors(path, [{ name: 'x', type: 'F32', dims: [1000, 1200], data }])
    await using file = await readSafetensors(path)
    expect(await file.floats('x')).toEqual(data)
  })

  test.each([
    ['too short for a length', '{}', 0, 1n << 63n, 'its header would have 9223372036854775808 bytes'],
    ['a header longer than the file', '{}', 0, 3n, 'its header would have 3 bytes'],
    ['not JSON', '{"a"', 0, undefined, 'it is not JSON'],
    ['not an object', '[]', 0, undefined, 'does not begin with "{"'],
    ['an empty header', '', 0, undefined, 'does not begin with "{"'],
    ['a tensor that is no object', { a: 1 }, 0, undefined, '"a" is not an object'],
    [
      'a tensor twice',
      `{"a":${JSON.stringify(tensor(0, 4))},"\\u0061":${JSON.stringify(tensor(0, 4))}}`,
      4,
      undefined,
      'the key "a" is there twice',
    ],
    ['an overlap', { a: tensor(0, 8), b: tensor(4, 12) }, 12, undefined, 'the tensor "b" shares bytes'],
    ['a gap', { a: tensor(0, 4), b: tensor(8, 12) }, 12, undefined, 'the tensor "b" comes after bytes of no tensor'],
    ['bytes left over', { a: tensor(0, 4) }, 5, undefined, 'its tensors end at byte'],
    ['a tensor past the end', { a: tensor(0, 8) }, 4, undefined, 'its tensors end at byte'],
    ['a wrong length', { a: tensor(0, 8, { shape: [3] }) }, 8, undefined, 'is 3 of F32 in 8 bytes'],
    [
      'a shape past all bounds',
      { a: tensor(0, 8, { shape: [2 ** 52, 2 ** 52, 2 ** 52] }) },
      8,
      undefined,
      'in 8 bytes',
    ],
    [
      'zero times infinity',
      { a: tensor(0, 0, { shape: [0, ...Array(15).fill(2 ** 53 - 1)] }) },
      0,
      undefined,
      undefined,
    ],
    ['a negative dimension', { a: tensor(0, 4, { shape: [-1] }) }, 4, undefined, 'has no usable shape'],
    ['too many dimensions', { a: tensor(0, 4, { shape: Array(17).fill(1) }) }, 4, undefined, 'has no usable shape'],
    [
      'offsets backwards',
      { a: { dtype: 'U8', shape: [0], data_offsets: [4, 0] } },
      4,
      undefined,
      'no usable data_offsets',
    ],
    [
      'three offsets',
      { a: { dtype: 'U8', shape: [4], data_offsets: [0, 4, 4] } },
      4,
      undefined,
      'no usable data_offsets',
    ],
    [
      'an unknown type',
      { a: tensor(0, 4, { dtype: 'F8_E4M3' }) },
      4,
      undefined,
      'the element type "F8_E4M3" of the tensor "a"',
    ],
    ['a name of Object', { a: tensor(0, 4, { dtype: 'constructor' }) }, 4, undefined, 'the element type "constructor"'],
    ['metadata that are no texts', { __metadata__: { a: 1 } }, 0, undefined, '"__metadata__.a" is not a text'],
  ])('%s', async (_, header, dataBytes, length, why) => {
    const reading = readSafetensors(await fileOf(header, dataBytes, length)).then((file) => file.close())
    if (why === undefined) await reading
    else await expect(reading).rejects.toThrow(why)
  })

  test('refuses what is no file, or none at all', async () => {
    const folder = await temporaryFolder()
    await expect(readSafetensors(folder)).rejects.toThrow('it is not an ordinary file')
    await expect(readSafetensors(join(folder, 'none'))).rejects.toThrow("none can't be read: there is no such file.")
  })

  test('no change of one byte of the header, and no cut, is anything but an error of ours or a sound file', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'a')
    await writeSafetensors(path, [{ name: 'x', type: 'F32', dims: [2, 2], data: new Float32Array(4) }])
    const good = await readFile(path)
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
        const bad = Buffer.from(cut ? good.subarray(0, at) : good)
        if (!cut) bad[at] = byte
        await writeFile(path, bad)
        const error = await readSafetensors(path).then(
          (file) => file.close(),
          (thrown: unknown) => thrown,
        )
        expect(
          error === undefined || (error instanceof Error && 'code' in error && /_CHECKPOINT$/.test(String(error.code))),
        ).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
