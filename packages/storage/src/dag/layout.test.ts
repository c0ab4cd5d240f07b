import fc from 'fast-check'
import { expect, test } from 'vitest'
import { capacityOf, childSizes, levelOf, MAX_BLOB_BYTES, MAX_LEVEL, MAX_LINKS } from './layout.ts'

const MIB = 1 << 20

test.each([
  [0, 0],
  [1, 0],
  [MIB, 0],
  [MIB + 1, 1],
  [174 * MIB, 1],
  [174 * MIB + 1, 2],
  [174 * 174 * MIB, 2],
  [174 * 174 * MIB + 1, 3],
  [MAX_BLOB_BYTES, MAX_LEVEL],
])('%i bytes have their root on level %i', (bytes, level) => {
  expect(levelOf(bytes)).toBe(level)
})

test('children add up to their parent, are full but for the last, and never too many', () => {
  fc.assert(
    fc.property(fc.integer({ min: MIB + 1, max: MAX_BLOB_BYTES }), (bytes) => {
      const level = levelOf(bytes)
      const sizes = childSizes(level, bytes)
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(bytes)
      expect(sizes.slice(0, -1).every((size) => size === capacityOf(level - 1))).toBe(true)
      expect(sizes.at(-1)).toBeGreaterThan(0)
      expect(sizes.length).toBeGreaterThan(1)
      expect(sizes.length).toBeLessThanOrEqual(MAX_LINKS)
    }),
  )
})
