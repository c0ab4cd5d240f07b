import { f32x4, i32, i32x4, type V128, v128 } from '../emit/expr.ts'
import type { Local } from '../emit/functionBuilder.ts'
import { type Epilogue, epilogueKey, epilogueWords, finishLanes } from './epilogue.ts'
import { INTEGER_PANEL } from './integerOperands.ts'
import { type Kernel, type KernelBody, mulAdd } from './kernel.ts'
import { LANES } from './lanes.ts'

/** Vectors of sums in a panel. */
const VECTORS = INTEGER_PANEL / LANES
/** Rows of the left operand at a time: 4 × 2 sums, 2 weights, an input and a product are 12 of the 15 vector registers that x86 has to give. */
const TILE = 4
/** Pairs of rows of weights per turn of the loop. A lone row keeps a sum for each, to have as many additions under way. */
const UNROLL = 4

export type IntegerProduct = {
  /** How the right operand is packed. */
  readonly weights: 'u8' | 'i16'
  /** Type of the sums, which fit it (specs/exact-inference.md), as the epilogue reads them. */
  readonly type: 'i32' | 'f32'
  readonly epilogue: Epilogue
}

/** Bytes of a pair of rows in a panel. */
export const pairBytes = (weights: 'u8' | 'i16'): number => (weights === 'u8' ? 2 : 4) * INTEGER_PANEL

/**
 * Σ (a − za)(b − zb) from a widened left operand and packed weights, as Σ (a − za) b − zb Σ (a − za), modulo 2^32; the result fits (specs/
 * exact-inference.md). Unit: one panel of one batch.
 */
export function integerProductKernel(spec: IntegerProduct): Kernel {
  return {
    key: `integerProduct ${spec.weights} ${spec.type} ${epilogueKey(spec.epilogue)}`,
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
      ...epilogueWords(spec.epilogue),
    ],
    build: (body) => buildIntegerProduct(body, spec),
  }
}

type Unit = {
  readonly panel: Local<'i32'>
  readonly weights: Local<'i32'>
  readonly firstRow: Local<'i32'>
  readonly outStart: Local<'i32'>
}

function buildIntegerProduct(body: KernelBody, spec: IntegerProduct): void {
  const { f, word, begin, end } = body
  const [index, row] = [f.local('i32'), f.local('i32')]
  f.for(index, begin, end, 1, () => {
    const panel = f.let(i32.remU(index, word('panels')))
    const batch = f.let(i32.add(word('batches'), i32.mul(i32.divU(index, word('panels')), 12)))
    const weights = mulAdd(word('weights'), i32.mul(panel, word('pairs')), pairBytes(spec.weights))
    const unit: Unit = {
      panel,
      weights: f.let(i32.add(weights, i32.load(batch, 4))),
      firstRow: f.let(i32.load(batch)),
      outStart: f.let(i32.load(batch, 8)),
    }
    f.set(row, i32.const(0))
    f.if(
      i32.ltS(word('rows'), TILE),
      () =>
        f.while(i32.ltS(row, word('rows')), () => {
          tile(body, spec, unit, row, 1)
          f.add(row, 1)
        }),
      () =>
        f.while(i32.ltS(row, word('rows')), () => {
          // The last rows may be done twice, with the same results.
          f.set(row, i32.min(row, f.let(i32.sub(word('rows'), TILE))))
          tile(body, spec, unit, row, TILE)
          f.add(row, TILE)
        }),
    )
  })
}

/** One panel of `size` neighbouring rows. */
function tile(body: KernelBody, spec: IntegerProduct, unit: Unit, row: Local<'i32'>, size: number): void {
  const { f, word } = body
  const sets = size === 1 ? UNROLL : 1
  const sums = range(sets).map(() => range(size).map(() => range(VECTORS).map(() => f.let(v128.zero()))))
  const inputs = range(size).map((line) => {
    const index = i32.add(unit.firstRow, i32.add(row, line))
    return f.let(mulAdd(word('input'), i32.mul(index, word('pairs')), 4))
  })
  const weights = f.let(unit.weights)
  const step = (offset: number): void => {
    const vectors = range(VECTORS).map((v) => f.let(loadWeights(spec, weights, offset, v)))
    for (const [line, input] of inputs.entries()) {
      const x = f.let(v128.load32Splat(input, offset * 4))
      for (const [v, w] of vectors.entries()) {
        const sum = at3(sums, offset % sets, line, v)
        f.set(sum, i32x4.add(sum, i32x4.dotI16x8S(x, w)))
      }
    }
  }
  const pair = f.local('i32')
  f.for(pair, 0, word('pairs'), UNROLL, () => {
    for (const offset of range(UNROLL)) step(offset)
    f.add(weights, UNROLL * pairBytes(spec.weights))
    for (const input of inputs) f.add(input, 4 * UNROLL)
  })
  for (const line of range(size)) {
    const totals = range(VECTORS).map((v) =>
      range(sets).reduce<V128 | undefined>((total, set) => {
        const sum = at3(sums, set, line, v)
        return total ? i32x4.add(total, sum) : sum
      }, undefined),
    )
    writeRow(body, spec, unit, f.let(i32.add(row, line)), totals as V128[])
  }
}

const loadWeights = ({ weights: form }: IntegerProduct, weights: Local<'i32'>, pair: number, vector: number): V128 =>
  form === 'u8'
    ? v128.load8x8U(weights, pair * pairBytes(form) + 8 * vector)
    : v128.load(weights, pair * pairBytes(form) + 16 * vector)

function writeRow(
  body: KernelBody,
  { type, epilogue }: IntegerProduct,
  unit: Unit,
  row: Local<'i32'>,
  totals: readonly V128[],
): void {
  const { f, word } = body
  const rowSum = i32.load(mulAdd(word('sums'), i32.add(unit.firstRow, row), 4))
  const correction = f.let(i32x4.splat(i32.mul(word('zeroPoint'), rowSum)))
  const start = f.let(mulAdd(unit.outStart, row, word('columns')))
  for (const [v, total] of totals.entries()) {
    const channel = f.let(mulAdd(i32.const(v * LANES), unit.panel, INTEGER_PANEL))
    const count = f.let(i32.sub(word('columns'), channel))
    f.if(i32.gtS(count, 0), () => {
      const sum = i32x4.sub(total, correction)
      const self = { type, parts: [f.let(type === 'f32' ? f32x4.convertI32x4S(sum) : sum)] }
      finishLanes(body, epilogue, self, word('out'), { element: i32.add(start, channel), channel, count })
    })
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

function at3<T>(values: readonly (readonly (readonly T[])[])[], i: number, j: number, k: number): T {
  const value = values[i]?.[j]?.[k]
  if (value === undefined) throw new RangeError('no such sum')
  return value
}
