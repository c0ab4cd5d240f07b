import { type Emitter, int } from '../emit/emitter.ts'
import { powerEntries, sumOfPowers, WHOLE } from './powers.ts'

/** Largest magnitude of queries, keys and values. */
export const WIDE_REACH = 2047
/** Binary places that the result has below a step of the values, and what of it stands for 0. */
export const WIDE_PLACES = 4
export const WIDE_ZERO = (WIDE_REACH + 1) * 2 ** WIDE_PLACES

export type WideMixingParameters = {
  emitter: Emitter
  /** f64 [B, heads, R, D], [B, heads, D, S] and [B, heads, S, D], integers within ±2,047. */
  queries: string
  keys: string
  values: string
  /** Channels of a head, D, and most positions, S. */
  size: number
  positions: number
  /** Real value of one step of a score. */
  step: number
  hint: string
}

/**
 * Σ softmax(queries · keys) · values: f64 [B, heads, R, D], in 1/16 of a step of the values and with 2,048 steps added. For encoders, whose
 * positions are few: products of float64s, which hold queries, keys and values of 12 bits. Errors of the weights are those of `powerEntries`.
 */
export function wideMixing(parameters: WideMixingParameters): string {
  const { emitter, queries, keys, values, size, positions, step, hint } = parameters
  if (size * WIDE_REACH ** 2 >= 2 ** 30)
    throw new RangeError(`Heads of ${size} channels are too wide for scores of 31 bits.`)
  const most = positions * WHOLE * 2 * WIDE_ZERO
  if (most >= 2 ** 52) throw new RangeError(`${positions} positions are too many for one sum.`)
  const scores = emitter.cast(emitter.node('MatMul', [queries, keys], {}, `${hint}/scores`), 'i32', `${hint}/scores`)
  const { entry, powers } = powerEntries({ emitter, scores, step, hint })
  const divisor = sumOfPowers(emitter, entry, powers, hint)
  const weights = emitter.node('Gather', [emitter.f64(powers), entry], { axis: int(0) }, `${hint}/weights`)
  // Quotients are of numbers that are not negative.
  const lifted = emitter.node('Add', [values, emitter.f64(WIDE_REACH + 1)], {}, `${hint}/lifted`)
  const fine = emitter.node('Mul', [lifted, emitter.f64(2 ** WIDE_PLACES)], {}, `${hint}/fine`)
  const total = emitter.cast(emitter.node('MatMul', [weights, fine], {}, `${hint}/total`), 'i64', `${hint}/total`)
  return emitter.cast(emitter.node('Div', [total, divisor], {}, `${hint}/mixed`), 'f64', hint)
}
