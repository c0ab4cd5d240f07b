import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collect, inPieces, MIB, pattern } from '../testing.case.ts'
import { leavesOf } from './leaves.ts'

test('cuts any stream into full leaves and a rest, keeping every byte in order', async () => {
  const content = await collect(pattern(2 * MIB + 9))
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 500, max: 3 * MIB }), fc.nat(content.length), async (size, length) => {
      const given = content.subarray(0, length)
      const sizes: number[] = []
      const copied: Uint8Array[] = []
      for await (const leaf of leavesOf(inPieces(given, size))) {
        sizes.push(leaf.length)
        copied.push(leaf.slice())
      }
      expect(Buffer.concat(copied).equals(given)).toBe(true)
      expect(sizes.slice(0, -1).every((bytes) => bytes === MIB)).toBe(true)
      expect(sizes.length).toBe(Math.max(1, Math.ceil(length / MIB)))
    }),
    { numRuns: 30 },
  )
})

test('takes empty pieces for what they are', async () => {
  const source = async function* () {
    yield new Uint8Array()
    yield new Uint8Array([1])
    yield new Uint8Array()
  }
  expect([...(await collect(leavesOf(source())))]).toEqual([1])
})
