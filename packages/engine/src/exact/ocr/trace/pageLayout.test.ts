import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageEntries, pageEntryAt, pageEntryIndex, piecesOf } from './pageLayout.ts'

test('finds every entry where it stands, and nothing else', () => {
  fc.assert(
    fc.property(fc.nat({ max: 256 }), fc.nat({ max: 1_548 }), (pieces, at) => {
      const entries = pageEntries(pieces)
      const index = at % entries
      const { kind, piece } = pageEntryAt(index, pieces)
      expect(pageEntryIndex(kind, pieces, piece)).toBe(index)
      expect(piecesOf(entries)).toBe(pieces)
      expect(piecesOf(entries + 1 + (at % 5))).toBeUndefined()
    }),
  )
  expect(() => pageEntryAt(13, 0)).toThrow(RangeError)
  expect(piecesOf(7)).toBeUndefined()
})

test('a graph’s outputs stand under one node of the tree, so that whoever is shown one is shown both', () => {
  for (const piece of [0, 1, 9]) expect(pageEntryIndex('best', 10, piece) % 2).toBe(0)
})
