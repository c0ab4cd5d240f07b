import { type Emitter, int } from '../emit/emitter.ts'
import { roundHalfEven } from '../emit/quantized.ts'
import { toBytes, ZERO_BYTE } from './bytes.ts'
import { dyadic } from './dyadic.ts'
import { exp } from './functions.ts'

/** Entries of the table of powers of e; the last is 0, for what is far below the largest or hidden. */
const ENTRIES = 4096
/** The largest weight, 16 bits in two bytes: what is less than 1/131,070 of the largest counts as 0. */
const WHOLE = 65535
/** −ln of half a step: beyond it the table holds only zeros. */
const REACH = 11.8
/** Score of a hidden position: below every sum of products of bytes. */
const HIDDEN = -(2 ** 26)
/** The result has as many binary places. */
const MIXED_PLACES = 8

/** Real difference of scores that one entry of the table stands for, at least. */
export const LEAST_SCORE_STEP = REACH / (ENTRIES - 1)

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
 * at the end. Errors of a weight: half a table step (0.15 % of itself) and half of 1/65,535 of the largest.
 */
export function mixing({ emitter, scores, reach, step, values, parts, positions, hint }: MixingParameters): string {
  const ratio = Math.max(1, Math.floor(LEAST_SCORE_STEP / step))
  const weights = tableOfPowers(ratio * step)
  const largest = emitter.node('ReduceMax', [scores, emitter.i64([-1])], { keepdims: int(1) }, `${hint}/largest`)
  const below = emitter.node('Sub', [largest, scores], {}, `${hint}/below`)
  const bounded = emitter.node('Clip', [below, emitter.i32(0), emitter.i32(ENTRIES * ratio - 1)], {}, `${hint}/bounded`)
  const entry = ratio === 1 ? bounded : emitter.node('Div', [bounded, emitter.i32(ratio)], {}, `${hint}/entry`)
  if (2 * reach >= -HIDDEN) throw new RangeError(`Scores up to ${reach} reach the value of hidden ones.`)
  if (positions * 255 * 255 >= 2 ** 31) throw new RangeError(`${positions} positions are too many for one sum.`)
  const sum = emitter.node(
    'ReduceSum',
    [emitter.node('Gather', [emitter.i64(weights, [ENTRIES], 'powers'), entry]), emitter.i64([-1])],
    { keepdims: int(1) },
    `${hint}/sum`,
  )
  // The entry of the largest score is 0, so the sum is never less than the whole: the loader is told so.
  const divisor = emitter.node('Max', [sum, emitter.i64(WHOLE)], {}, `${hint}/divisor`)
  const halves = emitter.constant({ type: 'u8', dims: [2, ENTRIES], data: highAndLow(weights) }, 'powers/bytes')
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

export type MixedToBytesParameters = {
  emitter: Emitter
  /** f64 [..., channels]: what `mixing` gives, with the values' heads side by side. */
  x: string
  /** Step of the values for each channel, and of the result. */
  valueSteps: readonly number[]
  steps: readonly number[]
  hint: string
}

/** What was mixed as bytes around 128. Values were taken with their 128, which goes in the same sum that brings the result's. */
export function mixedToBytes({ emitter, x, valueSteps, steps, hint }: MixedToBytesParameters): string {
  const places = 2 ** MIXED_PLACES
  const factors = dyadic(
    steps.map((step, i) => (valueSteps[i] ?? 1) / step / places),
    20,
  )
  const offsets = factors.map((factor) => ZERO_BYTE - ZERO_BYTE * places * factor)
  return toBytes(emitter, x, hint, emitter.f64(factors), emitter.f64(offsets))
}

function tableOfPowers(step: number): Int32Array {
  const last = ENTRIES - 1
  return Int32Array.from({ length: ENTRIES }, (_, i) => (i === last ? 0 : roundHalfEven(WHOLE * exp(-i * step))))
}

function highAndLow(weights: Int32Array): Uint8Array {
  const bytes = new Uint8Array(2 * weights.length)
  for (const [i, weight] of weights.entries()) {
    bytes[i] = weight >> 8
    bytes[weights.length + i] = weight & 255
  }
  return bytes
}
