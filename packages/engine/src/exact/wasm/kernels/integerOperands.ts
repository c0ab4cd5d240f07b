import { type Expr, i16x8, i32, i32x4, type V128, v128 } from '../emit/expr.ts'
import type { Local } from '../emit/functionBuilder.ts'
import { type Kernel, mulAdd } from './kernel.ts'

/** Columns of a panel of packed weights; its rows come in pairs, because `i32x4.dot_i16x8_s` adds two products. */
export const INTEGER_PANEL = 8
/** Pairs in a row of the left operand come in so many. */
const PAIRS = 4

/** Pairs of 16-bit values in a row of the left operand, and of rows in a packed panel. */
export const pairsOf = (length: number): number => Math.ceil(length / (2 * PAIRS)) * PAIRS

/**
 * Left operand of a product of integers as 16 bits, less its zero point, every row filled up with 0 to a whole number of pairs; and the sum of every
 * row. Unit: one row.
 */
export function widenKernel(type: 'u8' | 'f32'): Kernel {
  const bytes = type === 'u8' ? 1 : 4
  const load = (address: Local<'i32'>): V128 => {
    if (type === 'u8') return v128.load8x8U(address)
    const [low, high] = [0, 16].map((offset) => i32x4.truncSatF32x4S(v128.load(address, offset))) as [V128, V128]
    return i16x8.narrowI32x4S(low, high)
  }
  return {
    key: `widen ${type}`,
    words: ['input', 'rowBytes', 'length', 'zeroPoint', 'out', 'outRowBytes', 'sums'],
    build({ f, word, begin, end }) {
      const [unit, sum] = [f.local('i32'), f.local('v128')]
      const zero = f.let(i16x8.splat(word('zeroPoint')))
      const ones = f.let(i16x8.splat(1))
      const rest = f.let(i32.and(word('length'), 7))
      const isThere = f.let(i16x8.ltS(i16x8.count(), i16x8.splat(rest)))
      f.for(unit, begin, end, 1, () => {
        const input = f.let(mulAdd(word('input'), unit, word('rowBytes')))
        const out = f.let(mulAdd(word('out'), unit, word('outRowBytes')))
        const left = f.let(word('length'))
        f.set(sum, v128.zero())
        const put = (values: V128): void => {
          const held = f.let(values)
          f.set(sum, i32x4.add(sum, i32x4.dotI16x8S(held, ones)))
          f.storeV128(out, held)
        }
        f.while(i32.geS(left, 8), () => {
          put(i16x8.sub(load(input), zero))
          f.add(input, 8 * bytes)
          f.add(out, 16)
          f.add(left, -8)
        })
        f.if(left, () => put(v128.and(i16x8.sub(load(input), zero), isThere)))
        f.storeI32(mulAdd(word('sums'), unit, 4), sumOfLanes(sum))
      })
    },
  }
}

const sumOfLanes = (sum: Local<'v128'>): Expr<'i32'> =>
  [1, 2, 3].reduce((total, lane) => i32.add(total, i32x4.extractLane(sum, lane)), i32x4.extractLane(sum, 0))

/**
 * Right operands of a product of bytes, [matrices][length, columns], as panels of `INTEGER_PANEL` columns, each [pairs][column][2]. Two panels are
 * written at a time, so there must be an even number of them. Whatever fills rows and columns up meets a 0 of the left operand, or is not
 * written. Unit: one pair of rows of a matrix.
 */
export const packIntegerKernel: Kernel = {
  key: 'packInteger',
  words: ['input', 'length', 'columns', 'pairs', 'out', 'panelBytes', 'matrixBytes'],
  build({ f, word, begin, end }) {
    const [unit, column, out] = [f.local('i32'), f.local('i32'), f.local('i32')]
    f.for(unit, begin, end, 1, () => {
      const matrix = f.let(i32.divU(unit, word('pairs')))
      const pair = f.let(i32.remU(unit, word('pairs')))
      const last = f.let(i32.sub(word('length'), 1))
      const row = (which: number) => {
        const index = f.let(i32.add(i32.mul(pair, 2), which))
        const ofAll = mulAdd(i32.min(index, last), matrix, word('length'))
        return f.let(mulAdd(word('input'), ofAll, word('columns')))
      }
      const [even, odd] = [row(0), row(1)]
      f.set(out, mulAdd(mulAdd(word('out'), matrix, word('matrixBytes')), pair, 2 * INTEGER_PANEL))
      f.for(column, 0, word('columns'), 2 * INTEGER_PANEL, () => {
        const a = f.let(v128.load(i32.add(even, column)))
        const b = f.let(v128.load(i32.add(odd, column)))
        const interleave = (from: number) => Array.from({ length: 16 }, (_, i) => from + (i >> 1) + (i & 1) * 16)
        for (const from of [0, INTEGER_PANEL]) {
          f.storeV128(out, v128.shuffle(a, b, interleave(from)))
          f.add(out, word('panelBytes'))
        }
      })
    })
  },
}
