import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToHex, hexToBytes } from '../hex.ts'
import { referenceGenerationFile } from '../reference/generationFile.ts'
import { decodeGenerationFile, encodeGenerationFile, type GenerationFile } from './generationFile.ts'

const SMALL: GenerationFile = { vocabulary: 2048, context: 256, begin: [0], ends: [0] }
const anyFile = fc.integer({ min: 1, max: 2 ** 24 }).chain((vocabulary) => {
  const id = fc.nat({ max: vocabulary - 1 })
  return fc.record({
    vocabulary: fc.constant(vocabulary),
    context: fc.integer({ min: 70, max: 2 ** 24 }),
    begin: fc.array(id, { maxLength: 60 }),
    ends: fc.uniqueArray(id, { minLength: 1, maxLength: 60 }).map((ids) => ids.sort((a, b) => a - b)),
  })
})

describe('generation.bin', () => {
  it('holds what it was made of, as the independent implementation writes it', () => {
    fc.assert(
      fc.property(anyFile, (facts) => {
        const bytes = encodeGenerationFile(facts)
        expect(bytesToHex(bytes)).toBe(referenceGenerationFile(facts))
        expect(decodeGenerationFile(bytes)).toEqual(facts)
      }),
    )
  })

  it('has one form: what decodes encodes to the same bytes', () => {
    fc.assert(
      fc.property(anyFile, fc.nat(), fc.nat({ max: 255 }), (facts, place, byte) => {
        const bytes = encodeGenerationFile(facts)
        bytes[place % bytes.length] = byte
        let read: GenerationFile
        try {
          read = decodeGenerationFile(bytes)
        } catch {
          return
        }
        expect(encodeGenerationFile(read)).toEqual(bytes)
      }),
    )
  })

  it('is that of the vectors', async () => {
    const path = new URL('../../../../specs/vectors/generation-file.json', import.meta.url)
    const vectors: ({ bytes: `0x${string}` } & GenerationFile)[] = JSON.parse(await readFile(path, 'utf8'))
    for (const { bytes, ...facts } of vectors) {
      expect(bytesToHex(encodeGenerationFile(facts))).toBe(bytes)
      expect(decodeGenerationFile(hexToBytes(bytes))).toEqual(facts)
    }
  })

  it.each<[string, Partial<GenerationFile>, string]>([
    ['no ids', { vocabulary: 0 }, 'it would know 0 ids'],
    ['too many ids', { vocabulary: 2 ** 24 + 1 }, 'it would know 16777217 ids'],
    ['no room', { context: 1 }, 'its context would be 1'],
    ['an id that there is not', { begin: [2048] }, '2048 is none of 2048 ids'],
    ['no end', { ends: [] }, 'no id ends a text'],
    ['ends out of order', { ends: [2, 1] }, 'do not ascend'],
    ['an end twice', { ends: [1, 1] }, 'do not ascend'],
    ['a beginning as long as the context', { context: 2, begin: [0, 0] }, '2 ids before every text leave no room in 2'],
    ['more than a leaf', { begin: Array(126).fill(0) }, '127 ids do not fit 512 bytes'],
  ])('is refused with %s', (_, changes, why) => {
    expect(() => encodeGenerationFile({ ...SMALL, ...changes })).toThrow(why)
  })

  it.each([
    ['no bytes', '0x', 'its version is missing'],
    ['another version', '0x02', 'its version is 2'],
    ['an end that is cut off', '0x010000080000000100010000000001000000', 'it ends after 18 bytes'],
    ['a byte more', '0x01000008000000010001000000000100000000ff', '1 bytes follow its end'],
  ])('is refused when it is %s', (_, hex, why) => {
    expect(() => decodeGenerationFile(hexToBytes(hex as `0x${string}`))).toThrow(why)
  })
})
