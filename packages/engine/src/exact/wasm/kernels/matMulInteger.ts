import { i16x8, i32, i32x4, v128 } from '../emit/expr.ts'
import type { Local } from '../emit/functionBuilder.ts'
import { type Epilogue, epilogueKey, epilogueWords, finishLanes } from './epilogue.ts'
import { type Kernel, type KernelBody, mulAdd } from './kernel.ts'
import { LANES } from './lanes.ts'

/** Columns of a panel of packed weights; its rows come in pairs, because `i32x4.dot_i16x8_s` adds two products. */
export const INTEGER_PANEL = 16
const PAIR_BYTES = 2 * INTEGER_PANEL
/** Rows of the left operand at a time, and pairs at a time for a lone row. */
const TILE = 2

/**
 * Left operand of `MatMulInteger` to 16 bits, less its zero point, every row filled up with 0 to a whole number of `TILE` pairs; and the
 * sum of every row. Unit: one row.
 */
export const widenKernel: Kernel = {
  key: 'widen',
  words: ['input', 'rowBytes', 'length', 'zeroPoint', 'out', 'outRowBytes', 'sums'],
  build({ f, word, begin, end }) {
    const [unit, k, sum] = [f.local('i32'), f.local('i32'), f.local('i32')]
    f.for(unit, begin, end, 1, () => {
      const input = f.let(mulAdd(word('input'), unit, word('rowBytes')))
      const out = f.let(mulAdd(word('out'), unit, word('outRowBytes')))
      f.set(sum, i32.const(0))
      f.for(k, 0, i32.divU(word('outRowBytes'), 2), 1, () => {
        const value = f.let(
          i32.select(i32.sub(i32.load8U(i32.add(input, k)), word('zeroPoint')), 0, i32.ltS(k, word('length'))),
        )
        f.add(sum, value)
        f.store16(mulAdd(out, k, 2), value)
      })
      f.storeI32(mulAdd(word('sums'), unit, 4), sum)
    })
  },
}

/** Pairs of 16-bit values in a row of the widened left operand, and of rows in a packed panel. */
export const pairsOf = (length: number): number => Math.ceil(length / (2 * TILE)) * TILE

/**
 * Right operands of `MatMulInteger`, [matrices][length, columns], as panels of `INTEGER_PANEL` columns, each [pairs][column][2]. Whatever
 * fills rows and columns up meets a 0 of the left operand, or is not written. Unit: one pair of rows of a matrix.
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
      f.set(out, mulAdd(mulAdd(word('out'), matrix, word('matrixBytes')), pair, PAIR_BYTES))
      f.for(column, 0, word('columns'), INTEGER_PANEL, () => {
        const a = f.let(v128.load(i32.add(even, column)))
        const b = f.let(v128.load(i32.add(odd, column)))
        const interleave = (from: number) => Array.from({ length: 16 }, (_, i) => from + (i >> 1) + (i & 1) * 16)
        f.storeV128(out, v128.shuffle(a, b, interleave(0)))
        f.storeV128(out, v128.shuffle(a, b, interleave(8)), 16)
        f.add(out, word('panelBytes'))
      })
    })
  },
}

/**
 * Σ (a − za)(b − zb) from a widened left operand and packed weights, as Σ (a − za) b − zb Σ (a − za), modulo 2^32; the result fits (specs/
 * exact-inference.md). Unit: one panel of one batch.
 */
export function matMulIntegerKernel(epilogue: Epilogue): Kernel {
  return {
    key: `matMulInteger ${epilogueKey(epilogue)}`,
    words: [
      'input',
      'sums',
      'weights',
      'out',
      'batches', // address of three words a batch: rows to add to the input, bytes to the weights, elements to the output
      'panels',
      'rows',
      'columns',
      'pairs',
      'zeroPoint', // of the right operand
      ...epilogueWords(epilogue),
    ],
    build: (body) => buildMatMulInteger(body, epilogue),
  }
}

type Unit = {
  readonly panel: Local<'i32'>
  readonly weights: Local<'i32'>
  readonly firstRow: Local<'i32'>
  readonly outStart: Local<'i32'>
}

function buildMatMulInteger(body: KernelBody, epilogue: Epilogue): void {
  const { f, word, begin, end } = body
  const [index, row] = [f.local('i32'), f.local('i32')]
  f.for(index, begin, end, 1, () => {
    const panel = f.let(i32.remU(index, word('panels')))
    const batch = f.let(i32.add(word('batches'), i32.mul(i32.divU(index, word('panels')), 12)))
    const weights = mulAdd(word('weights'), i32.mul(panel, word('pairs')), PAIR_BYTES)
    const unit: Unit = {
      panel,
      weights: f.let(i32.add(weights, i32.load(batch, 4))),
      firstRow: f.let(i32.load(batch)),
      outStart: f.let(i32.load(batch, 8)),
    }
    f.set(row, i32.const(0))
    f.while(i32.ltS(i32.add(row, TILE - 1), word('rows')), () => {
      tile(body, epilogue, unit, row, TILE)
      f.add(row, TILE)
    })
    f.while(i32.ltS(row, word('rows')), () => {
      tile(body, epilogue, unit, row, 1)
      f.add(row, 1)
    })
  })
}

function tile(body: KernelBody, epilogue: Epilogue, unit: Unit, row: Local<'i32'>, size: number): void {
  const { f, word } = body
  const quarters = [0, 1, 2, 3]
  // A lone row keeps two sums of each column, to have as many additions under way as two rows.
  const lines = Array.from({ length: TILE }, (_, line) => (size === 1 ? 0 : line))
  const sums = lines.map(() => quarters.map(() => f.let(v128.zero())))
  const inputs = lines.slice(0, size).map((line) => {
    const index = i32.add(unit.firstRow, i32.add(row, line))
    return f.let(mulAdd(word('input'), i32.mul(index, word('pairs')), 4))
  })
  const weights = f.let(unit.weights)
  const pair = f.local('i32')
  const step = (offset: number, targets: readonly (readonly Local<'v128'>[])[]): void => {
    const halves = [0, 16].map((from) => f.let(v128.load(weights, offset * PAIR_BYTES + from)))
    const words = halves.flatMap((half) => [f.let(i16x8.extendLowI8x16U(half)), f.let(i16x8.extendHighI8x16U(half))])
    for (const [line, target] of targets.entries()) {
      const input = inputs[line]
      if (!input) continue
      const x = f.let(v128.load32Splat(input, offset * 4))
      for (const [q, sum] of target.entries()) {
        const w = words[q]
        if (w) f.set(sum, i32x4.add(sum, i32x4.dotI16x8S(x, w)))
      }
    }
  }
  f.for(pair, 0, word('pairs'), TILE, () => {
    for (let offset = 0; offset < TILE; offset++) {
      step(offset, size === 1 ? sums.slice(offset, offset + 1) : sums)
    }
    f.add(weights, TILE * PAIR_BYTES)
    for (const input of inputs) f.add(input, 4 * TILE)
  })
  for (const line of lines.slice(0, size).keys()) {
    const index = f.let(i32.add(row, line))
    const rowSum = i32.load(mulAdd(word('sums'), i32.add(unit.firstRow, index), 4))
    const correction = f.let(i32x4.splat(i32.mul(word('zeroPoint'), rowSum)))
    for (const q of quarters) {
      const channel = f.let(mulAdd(i32.const(q * LANES), unit.panel, INTEGER_PANEL))
      const count = f.let(i32.sub(word('columns'), channel))
      f.if(i32.gtS(count, 0), () => {
        const [first, second] = [sums[line]?.[q], sums[1]?.[q]]
        if (!first || !second) throw new RangeError('no such sum')
        const total = size === 1 ? i32x4.add(first, second) : first
        const self = { type: 'i32', parts: [f.let(i32x4.sub(total, correction))] } as const
        const element = i32.add(mulAdd(unit.outStart, index, word('columns')), channel)
        finishLanes(body, epilogue, self, word('out'), { element, channel, count })
      })
    }
  }
}
