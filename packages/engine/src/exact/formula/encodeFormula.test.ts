import { bytesToHex, hexToBytes } from '@stoa/protocol'
import { describe, expect, test } from 'vitest'
import { decodeFormula } from './decodeFormula.ts'
import { encodeFormula } from './encodeFormula.ts'
import { InvalidFormulaError } from './errors.ts'
import type { Expression } from './expression/schema.ts'

const entry = (index: number): Expression => ({ op: 'entry', index, args: [] })
const root = bytesToHex(new Uint8Array(32).fill(0xab))

const joined: Expression = {
  op: 'conv',
  chunk: 27,
  group: 2,
  strides: [2, 1],
  padding: [0, 1, 2, 3],
  biased: true,
  args: [
    { op: 'input', index: 1, args: [] },
    { op: 'constant', type: 'i16', unit: -9, layout: { dims: [4, 1, 3, 3], order: [0, 2, 3, 1] }, root, args: [] },
    { op: 'list', items: [-1n, 2n, 0n, 2n ** 62n], args: [] },
  ],
}

/** Formulas, and their bytes by hand. */
const WRITTEN: readonly (readonly [string, Expression, string])[] = [
  ['an entry', entry(0x0102_0304), '0x02 01 01020304'],
  [
    'numbers of units',
    {
      op: 'clip',
      unit: -2,
      least: -1n,
      greatest: 255n,
      args: [{ op: 'number', rank: 3, unit: -300, m: -2n, args: [] }],
    },
    '0x02 20 fffe ffffffffffffffff 00000000000000ff 04 03 fed4 fffffffffffffffe',
  ],
  [
    'a convolution with its weights',
    { op: 'round', args: [joined] },
    `0x02 1d 40 0000001b 00000002 0002 0001 0000 0001 0002 0003 01 02 01
     03 06 fff7 04 00000004 00000001 00000003 00000003 00 02 03 01 ${root.slice(2)}
     05 04 ffffffffffffffff 0000000000000002 0000000000000000 4000000000000000`,
  ],
  [
    'lists of axes and cuts',
    {
      op: 'slice',
      cuts: [
        { axis: 1, step: 1 },
        { axis: 0, step: 70_000 },
      ],
      args: [entry(7), { op: 'list', items: [], args: [] }, { op: 'shape', first: 1, end: 3, args: [entry(8)] }],
    },
    '0x02 33 02 01 00000001 00 00011170 01 00000007 05 00 06 01 03 01 00000008',
  ],
]

describe('a formula', () => {
  test.each(WRITTEN)('of %s has the bytes of the page', (_, expression, hex) => {
    const bytes = encodeFormula('i32', expression)
    expect(bytesToHex(bytes)).toBe(hex.replace(/\s/g, ''))
    expect(decodeFormula(bytes)).toMatchObject({ stored: 'i32', expression, bytes })
  })

  test('says what stands in several places once, and leaves every time', () => {
    const inner: Expression = { op: 'floor', args: [entry(1)] }
    const outer: Expression = { op: 'mul', args: [inner, inner] }
    const bytes = encodeFormula('u8', { op: 'add', args: [outer, { op: 'sub', args: [outer, entry(1)] }] })
    expect(bytesToHex(bytes)).toBe('0x00 10 0900 12 0901 1c 01 00000001 0a01 11 0a00 01 00000001'.replace(/\s/g, ''))
    const { expression, places } = decodeFormula(bytes)
    expect(expression.args[1]?.args[0]).toBe(expression.args[0])
    expect(places.get(expression)).toBe(1)
    expect([...places].map(([{ op }, at]) => `${op} ${at}`)).toContain('floor 7')
  })
})

describe('bytes are refused', () => {
  test('that end before the formula does, or after it', () => {
    for (const [, expression] of WRITTEN) {
      const bytes = encodeFormula('i32', expression)
      for (let length = 0; length < bytes.length; length++)
        expect(() => decodeFormula(bytes.subarray(0, length))).toThrow(InvalidFormulaError)
      expect(() => decodeFormula(Uint8Array.of(...bytes, 0))).toThrow(InvalidFormulaError)
    }
  })

  test.each([
    ['of an unknown type', '0x03 01 00000000'],
    ['of an unknown code', '0x00 0b'],
    ['with a name out of order', '0x00 10 0901 1c 01 00000000 0a01'],
    ['with a name that is not yet given', '0x00 10 0a00 0900 1c 01 00000000'],
    ['that name themselves', '0x00 0900 1c 0a00'],
    ['with a truth that is none', '0x00 44 00000001 02 00 01 00000000'],
    ['with axes in no order', '0x00 03 00 0000 02 00000001 00000001 00 00'.padEnd(90, '0')],
  ])('%s', (_, hex) => {
    expect(() => decodeFormula(hexToBytes(`0x${hex.slice(2).replace(/\s/g, '')}`))).toThrow(InvalidFormulaError)
  })
})

describe('what no formula holds is not written', () => {
  const chain = (length: number): Expression =>
    Array.from({ length: length - 1 }).reduce<Expression>((x) => ({ op: 'relu', args: [x] }), entry(0))
  const number: Expression = { op: 'number', rank: 1, unit: 0, m: 1n, args: [] }
  const wide = (count: number, of: Expression = number): Expression => ({
    op: 'concat',
    axis: 0,
    parts: count,
    args: Array(count).fill(of),
  })

  test('more than 32 nodes one within another', () => {
    expect(decodeFormula(encodeFormula('i32', chain(32))).places.size).toBe(32)
    expect(() => encodeFormula('i32', chain(33))).toThrow('33 nodes one within another, at most 32')
  })

  test('more than 255 nodes', () => {
    expect(decodeFormula(encodeFormula('i32', wide(254))).places.size).toBe(255)
    expect(() => encodeFormula('i32', wide(255))).toThrow('256 nodes, at most 255')
  })

  test('more than 64 entries, inputs and constants', () => {
    expect(decodeFormula(encodeFormula('i32', wide(64, entry(0)))).places.size).toBe(65)
    expect(() => encodeFormula('i32', wide(65, entry(0)))).toThrow('65 entries, inputs and constants, at most 64')
  })

  test.each<[string, Expression]>([
    ['an index of more than four bytes', entry(2 ** 32)],
    ['operands that a node does not have', { op: 'add', args: [entry(0)] }],
    ['three strides', { ...joined, op: 'conv', strides: [1, 1, 1] } as Expression],
  ])('%s', (_, expression) => {
    expect(() => encodeFormula('i32', expression)).toThrow(InvalidFormulaError)
  })
})
