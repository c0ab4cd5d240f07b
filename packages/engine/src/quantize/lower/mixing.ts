import { type Emitter, int } from '../emit/emitter.ts'
import { powerEntries, sumOfPowers } from './powers.ts'

/** Score of a hidden position: below every sum of products of bytes. */
const HIDDEN = -(2 ** 26)
/** The result has as many binary places. */
export const MIXED_PLACES = 8

/** i32 tensor that hides positions when it is added to scores, from a bool one that is true for those to be seen. */
export function hiding(emitter: Emitter, visible: string): string {
  return emitter.node('Where', [visible, emitter.i32(0), emitter.i32(HIDDEN)], {}, 'hiding')
}

export type MixingParameters = {
  emitter: Emitter
  /** i32 [B, heads, R, S]: sums of products of bytes, hidden positions below all others. */
  scores: string
  /** Largest magnitude of a score that is not hidden. */
  reach: number
  /** Real value of one step of the scores, at most the table's step. */
  step: number
  /** Values, u8 [B, heads, part, D], whose parts of S follow each other; bytes as they are, without a zero point. */
  values: readonly string[]
  /** Name of i64 [parts]: their lengths. Left out where there is one. */
  parts?: string
  /** Most positions, S. */
  positions: number
  hint: string
}

/**
 * Σ softmax(scores) · values: i64 → f64 [B, heads, R, D], in 1/256 of a step of the values, so from 0 to 255 · 256.
 *
 * Weights are e^(score − largest) from a table, 16 bits as two bytes, so that the products are again bytes times bytes; their sum divides
 * at the end. Errors of the weights are those of `powerEntries`.
 */
export function mixing({ emitter, scores, reach, step, values, parts, positions, hint }: MixingParameters): string {
  const { entry, powers } = powerEntries({ emitter, scores, step, hint })
  if (2 * reach >= -HIDDEN) throw new RangeError(`Scores up to ${reach} reach the value of hidden ones.`)
  if (positions * 255 * 255 >= 2 ** 31) throw new RangeError(`${positions} positions are too many for one sum.`)
  const divisor = sumOfPowers(emitter, entry, powers, hint)
  const halves = emitter.constant({ type: 'u8', dims: [2, powers.length], data: highAndLow(powers) }, 'powers/bytes')
  const entries =
    parts === undefined
      ? [entry]
      : emitter.nodes('Split', [entry, parts], { axis: int(3) }, values.length, `${hint}/part`)
  const products = entries.map((part, i) =>
    emitter.node(
      'MatMulInteger',
      [emitter.node('Gather', [halves, part], { axis: int(1) }, `${hint}/weights`), values[i] ?? ''],
      {},
      `${hint}/products`,
    ),
  )
  const both = products.reduce((a, b) => emitter.node('Add', [a, b], {}, `${hint}/products`))
  const places = 2 ** MIXED_PLACES
  const weighed = emitter.node(
    'Mul',
    [emitter.cast(both, 'i64', `${hint}/wide`), emitter.i64([256 * places, places], [2, 1, 1, 1, 1])],
    {},
    `${hint}/weighed`,
  )
  const total = emitter.node('ReduceSum', [weighed, emitter.i64([0])], { keepdims: int(0) }, `${hint}/total`)
  return emitter.cast(emitter.node('Div', [total, divisor], {}, `${hint}/mixed`), 'f64', hint)
}

function highAndLow(weights: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(2 * weights.length)
  for (const [i, weight] of weights.entries()) {
    bytes[i] = weight >> 8
    bytes[weights.length + i] = weight & 255
  }
  return bytes
}
