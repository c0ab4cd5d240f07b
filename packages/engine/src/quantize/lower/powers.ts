import { type Emitter, int } from '../emit/emitter.ts'
import { roundHalfEven } from '../emit/quantized.ts'
import { exp } from './functions.ts'

/** Entries of the table of powers of e; the last is 0, for what is far below the largest or hidden. */
const ENTRIES = 4096
/** The largest weight, of 16 bits: what is less than 1/131,070 of the largest counts as 0. */
export const WHOLE = 65535
/** −ln of half a step: beyond it the table holds only zeros. */
const REACH = 11.8

/** Real difference of scores that one entry of the table stands for, at least. */
const LEAST_STEP = REACH / (ENTRIES - 1)

export type PowerEntriesParameters = {
  emitter: Emitter
  /** i32 [..., S]. */
  scores: string
  /** Real value of one step of the scores. */
  step: number
  hint: string
}

/**
 * For a softmax along the last axis: entries of a table of e^(score − largest), i32, and the table, from 65,535 down to 0. Errors of a
 * weight: half a table step (0.15 % of itself, or half a step of the scores where that is more) and half of 1/65,535 of the largest.
 */
export function powerEntries({ emitter, scores, step, hint }: PowerEntriesParameters) {
  const ratio = Math.max(1, Math.floor(LEAST_STEP / step))
  const largest = emitter.node('ReduceMax', [scores, emitter.i64([-1])], { keepdims: int(1) }, `${hint}/largest`)
  const below = emitter.node('Sub', [largest, scores], {}, `${hint}/below`)
  const most = ENTRIES * ratio - 1
  const bounded = emitter.node('Clip', [below, emitter.i32(0), emitter.i32(most)], {}, `${hint}/bounded`)
  const entry = ratio === 1 ? bounded : emitter.node('Div', [bounded, emitter.i32(ratio)], {}, `${hint}/entry`)
  return { entry, powers: tableOfPowers(ratio * step) }
}

function tableOfPowers(step: number): number[] {
  const last = ENTRIES - 1
  return Array.from({ length: ENTRIES }, (_, i) => (i === last ? 0 : roundHalfEven(WHOLE * exp(-i * step))))
}

/**
 * Sum of the weights along the last axis, i64. The entry of the largest score is 0, so the sum is never less than the whole: the loader is
 * told so.
 */
export function sumOfPowers(emitter: Emitter, entry: string, powers: readonly number[], hint: string): string {
  const weights = emitter.node('Gather', [emitter.i64(powers, [ENTRIES], 'powers'), entry], {}, `${hint}/powers`)
  const sum = emitter.node('ReduceSum', [weights, emitter.i64([-1])], { keepdims: int(1) }, `${hint}/sum`)
  return emitter.node('Max', [sum, emitter.i64(WHOLE)], {}, `${hint}/divisor`)
}
