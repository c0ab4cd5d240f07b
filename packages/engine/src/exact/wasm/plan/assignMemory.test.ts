import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignMemory } from './assignMemory.ts'
import type { Buffer } from './view.ts'

const bufferOf = (bytes: number, first: number, last: number): Buffer => ({ bytes, first, last, offset: -1 })

test('no two that live at the same time overlap', () => {
  const buffers = fc.array(
    fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.nat(30), fc.nat(9))
      .map(([size, first, steps]) => bufferOf(64 * size, first, first + steps)),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(buffers, (all) => {
      const needed = assignMemory(all)
      for (const [index, a] of all.entries()) {
        expect(a.offset).toBeGreaterThanOrEqual(0)
        expect(a.offset + a.bytes).toBeLessThanOrEqual(needed)
        for (const b of all.slice(index + 1)) {
          const together = a.first <= b.last && b.first <= a.last
          const apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset
          expect(!together || apart).toBe(true)
        }
      }
    }),
  )
})

test('memory is used again', () => {
  const chain = Array.from({ length: 10 }, (_, step) => bufferOf(64, step, step + 1))
  expect(assignMemory(chain)).toBe(128)
})
