import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderLiterally } from '../reference/readLiterally.ts'
import { orderPieces } from './orderPieces.ts'

test('makes one line of what stands side by side, with a box around all of it', () => {
  const lines = orderPieces([
    { text: '2.40', box: { left: 200, top: 12, right: 240, bottom: 30 } },
    { text: 'Total', box: { left: 10, top: 40, right: 60, bottom: 60 } },
    { text: 'Coffee', box: { left: 10, top: 10, right: 80, bottom: 28 } },
  ])
  expect(lines.map(({ text, box }) => ({ text, box }))).toEqual([
    { text: 'Coffee 2.40', box: { left: 10, top: 10, right: 240, bottom: 30 } },
    { text: 'Total', box: { left: 10, top: 40, right: 60, bottom: 60 } },
  ])
})

test('orders as the specification says', () => {
  const box = fc
    .tuple(fc.nat({ max: 30 }), fc.nat({ max: 60 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 12 }))
    .map(([left, top, width, height]) => ({ left, top, right: left + width, bottom: top + height }))
  fc.assert(
    fc.property(fc.array(box, { maxLength: 12 }), (boxes) => {
      const lines = orderPieces(boxes.map((box, i) => ({ text: String(i), box })))
      expect(lines.map(({ text }) => text.split(' ').map(Number))).toEqual(orderLiterally(boxes))
    }),
    { numRuns: 300 },
  )
})
