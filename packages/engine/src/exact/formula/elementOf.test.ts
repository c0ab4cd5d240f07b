import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFormula } from './decodeFormula.ts'
import { elementOf } from './elementOf.ts'
import { encodeFormula } from './encodeFormula.ts'
import { InvalidFormulaError } from './errors.ts'
import type { Expression } from './expression/schema.ts'
import { shapeOf } from './shapeOf.ts'
import type { Reader } from './types.ts'

/** What one operator makes of m · 2^−shift. */
function made(op: 'floor' | 'round' | 'root', m: bigint, shift: number): bigint {
  const x: Expression = {
    op: 'mul',
    args: [
      { op: 'entry', index: 0, args: [] },
      { op: 'number', rank: 0, unit: -shift, m: 1n, args: [] },
    ],
  }
  const formula = decodeFormula(encodeFormula('i64', { op, args: [x] }))
  return elementOf(formula, { element: 0, dims: [] }, { dims: () => [], read: () => m })
}

const numbers = fc.tuple(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), fc.nat({ max: 100 }))
const near = fc.tuple(fc.bigInt({ min: -40n, max: 40n }), fc.nat({ max: 4 }))

describe('of a multiple of a power of two', () => {
  test('the floor is the greatest integer that is not above it', () => {
    fc.assert(
      fc.property(fc.oneof(numbers, near), ([m, shift]) => {
        const floor = made('floor', m, shift)
        expect(floor << BigInt(shift) <= m && (floor + 1n) << BigInt(shift) > m).toBe(true)
      }),
    )
  })

  test('the rounded number is the nearest, the even one of two', () => {
    fc.assert(
      fc.property(fc.oneof(numbers, near), ([m, shift]) => {
        const rounded = made('round', m, shift)
        const twice = 2n * (m - (rounded << BigInt(shift)))
        const unit = 1n << BigInt(shift)
        const distance = twice < 0n ? -twice : twice
        expect(distance < unit || (distance === unit && rounded % 2n === 0n)).toBe(true)
      }),
    )
  })
})

test('the root is the greatest integer whose square is not above', () => {
  const squares = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 60n }), fc.constantFrom(-1n, 0n, 1n))
  fc.assert(
    fc.property(squares, ([x, more]) => {
      const of = x * x + more < 0n ? 0n : x * x + more
      const root = made('root', of, 0)
      expect(root * root <= of && (root + 1n) * (root + 1n) > of).toBe(true)
    }),
  )
  expect(() => made('root', -1n, 0)).toThrow(InvalidFormulaError)
})

describe('refused', () => {
  const reader: Reader = { dims: ({ index }) => [[2, 3], [4]][index] ?? [], read: () => 9n }
  const x = (index: number): Expression => ({ op: 'entry', index, args: [] })
  test.each<[string, Expression, readonly number[], number, string]>([
    ['an element that is not there', x(0), [2, 3], 6, 'there is no element 6 of [2, 3]'],
    ['shapes that do not match', { op: 'add', args: [x(0), x(1)] }, [2, 3], 0, '[2, 3] and [4] do not broadcast'],
    ['an index outside', { op: 'gather', axis: 0, args: [x(1), x(1)] }, [4], 0, 'the index 9 into 4 elements'],
    [
      'an axis that is not there',
      { op: 'split', axis: 2, parts: 1, part: 0, sized: false, args: [x(0)] },
      [2, 3],
      0,
      'there is no axis 2 of 2',
    ],
    [
      'a fraction',
      { op: 'mul', args: [x(1), { op: 'number', rank: 0, unit: -1, m: 1n, args: [] }] },
      [4],
      0,
      '9 · 2^-1 where an integer was expected',
    ],
  ])('%s', (_, expression, dims, element, why) => {
    const formula = decodeFormula(encodeFormula('i64', expression))
    const compute = () => [shapeOf(formula, reader), elementOf(formula, { element, dims }, reader)]
    expect(compute).toThrow(why)
  })
})
