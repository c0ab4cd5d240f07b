import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Point, pointAt, type Rectangle } from '../geometry/rectangle.ts'
import { type Line, orderLines } from './orderLines.ts'

/** A page seen along `along`: pieces at columns and rows of it. */
function piece(text: string, column: number, row: number, along: Point = { x: 1, y: 0 }): Line {
  const page: Rectangle = { center: { x: 500, y: 500 }, along, width: 0, height: 0 }
  const rectangle = { center: pointAt(page, column, row), along, width: 10 * text.length, height: 20 }
  return { rectangle, text, score: 0.9 }
}

const PAGE = (along?: Point) => [
  piece('Menu', 50, 0, along),
  piece('Tea', 0, 40, along),
  piece('1.80', 200, 46, along),
  piece('Bread', 0, 80, along),
  piece('for', 100, 77, along),
  piece('two', 150, 83, along),
]

test.each([
  ['level', { x: 1, y: 0 }],
  ['aslant', { x: 0.96, y: 0.28 }],
  ['upside down', { x: -1, y: 0 }],
  ['to the left side', { x: 0, y: -1 }],
  ['to the right side', { x: 0, y: 1 }],
])('orders rows and joins their pieces on a page that reads %s', (_, along) => {
  fc.assert(
    fc.property(fc.shuffledSubarray(PAGE(along), { minLength: 6 }), (pieces) => {
      expect(orderLines(pieces).map(({ text }) => text)).toEqual(['Menu', 'Tea 1.80', 'Bread for two'])
    }),
    { numRuns: 30 },
  )
})

test('a joined line covers its pieces and scores their mean by length', () => {
  const [line] = orderLines([piece('abc', 0, 0), { ...piece('d', 100, 0), score: 0.5 }])
  expect(line?.rectangle).toEqual({ center: { x: 545, y: 500 }, along: { x: 1, y: 0 }, width: 120, height: 20 })
  expect(line?.score).toBeCloseTo((3 * 0.9 + 0.5) / 4, 9)
})

test('no pieces make no lines', () => {
  expect(orderLines([])).toEqual([])
})
