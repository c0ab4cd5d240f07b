import type { Step, Work } from '../../float/step.ts'
import { exp } from '../../lower/functions.ts'
import { type Lowering, plainAt } from '../context.ts'
import { int } from '../emitter.ts'
import { heldAs } from '../held.ts'
import { roundHalfEven } from '../quantized.ts'

/** Binary places of powers of e, and of the shares that they are divided into. */
export const SOFTMAX_PLACES = 15
const ONE = 2 ** SOFTMAX_PLACES

/** Longest table of powers of e. */
const MAX_ENTRIES = 1 << 15

/**
 * Shares e^x / Σ e^x of the last axis, in steps of 2^-15: powers of e of the distances from the largest from a table, divided by their
 * sum. A share is off by at most one step, half a step for each term of the sum relative to it, and what the table's steps are worth.
 */
export const lowerSoftmax: Lowering<Step & Extract<Work, { op: 'softmax' }>> = (step, context) => {
  const { emitter } = context
  const x = plainAt(context, step.x, step)
  const hint = step.name
  const powers = powersOfE(x.scale)
  const last = emitter.i64([-1])
  const largest = emitter.node('ReduceMax', [x.name, last], { keepdims: int(1) }, `${hint}/largest`)
  const below = emitter.node('Sub', [largest, x.name], {}, `${hint}/below`)
  const bounded = emitter.node('Clip', [below, emitter.f32(0), emitter.f32(powers.length - 1)], {}, `${hint}/bounded`)
  const index = emitter.cast(bounded, 'i32', `${hint}/index`)
  const power = emitter.node('Gather', [emitter.i32(powers, undefined, `${hint}/powers`), index], {}, `${hint}/power`)
  const sum = emitter.node('ReduceSum', [power, last], { keepdims: int(1) }, `${hint}/sum`)
  // The largest has the power ONE, so this changes nothing: it tells the loader that the divisor is not 0.
  const divisor = emitter.node('Max', [sum, emitter.i32(ONE)], {}, `${hint}/divisor`)
  const dividend = emitter.node('Mul', [power, emitter.i32(ONE)], {}, `${hint}/dividend`)
  const share = emitter.node('Div', [dividend, divisor], {}, `${hint}/share`)
  return heldAs({ name: emitter.cast(share, 'f32', hint), type: 'f32', lo: 0, hi: ONE, scale: 1 / ONE })
}

/** round(2^15 · e^(−i · step)) for i from 0 until nothing is left of it. */
function powersOfE(step: number): number[] {
  const powers: number[] = []
  for (let i = 0; i < MAX_ENTRIES - 1; i++) {
    const power = roundHalfEven(ONE * exp(-i * step))
    powers.push(power)
    if (power === 0) return powers
  }
  return [...powers, 0]
}
