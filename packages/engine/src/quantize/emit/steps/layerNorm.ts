import type { LayerNormStep, Step } from '../../float/step.ts'
import { gridAt, type Lowering, plainAt, unsupported } from '../context.ts'
import { toPlaces } from '../dyadic.ts'
import { int } from '../emitter.ts'
import { heldAs } from '../held.ts'
import { roundHalfEven } from '../quantized.ts'

/** Doubles count every integer up to 2^52; half of it is left for what is added. */
const LARGEST_SQUARE = 2 ** 51

/** Steps of a deviation of 1 before factor and shift: 2^-10 of it is far below what is kept. */
const FINE = 1024

/** Binary places of factors and shifts. */
const PLACES = 24

/**
 * (x − mean) / √(variance + ε) · factor + shift over the last axis, of n integers: with d = n·x − Σx the normalised value is
 * d · √n / √(Σd² + ε·n³/scale²), an integer division by ⌊√⌋. Factor, shift and rounding to the grid follow in doubles.
 */
export const lowerLayerNorm: Lowering<Step & LayerNormStep> = (step, context) => {
  const { emitter } = context
  const x = plainAt(context, step.x, step)
  const grid = gridAt(context, step)
  const n = step.factor.length
  if (n < 2) throw unsupported(step, 'its length is not told by a factor for each element')
  const hint = step.name
  const last = emitter.i64([-1])
  let unitOfDistance = 1
  const reach = () => (n * (x.hi - x.lo)) / unitOfDistance + 1
  while (n * reach() * reach() > LARGEST_SQUARE) unitOfDistance *= 2
  const wide = emitter.cast(x.name, 'f64', `${hint}/wide`)
  const sum = emitter.node('ReduceSum', [wide, last], { keepdims: int(1) }, `${hint}/sum`)
  const times = emitter.node('Mul', [wide, emitter.f64(n)], {}, `${hint}/times`)
  const apart = emitter.node('Sub', [times, sum], {}, `${hint}/apart`)
  const distance =
    unitOfDistance === 1
      ? apart
      : emitter.node('Round', [emitter.node('Mul', [apart, emitter.f64(1 / unitOfDistance)])], {}, `${hint}/distance`)
  const squares = emitter.node(
    'ReduceSum',
    [emitter.node('Mul', [distance, distance]), last],
    { keepdims: int(1) },
    `${hint}/squares`,
  )
  const coarse = x.scale * unitOfDistance
  const epsilon = Math.max(1, roundHalfEven((step.epsilon * n * n * n) / (coarse * coarse)))
  // The loader does not see that squares are not negative.
  const positive = emitter.node('Max', [squares, emitter.f64(0)], {}, `${hint}/positive`)
  const variance = emitter.node('Add', [positive, emitter.f64(epsilon)], {}, `${hint}/variance`)
  const root = emitter.node('Floor', [emitter.node('Sqrt', [variance])], {}, `${hint}/root`)
  // |d| is at most the root of Σd², so adding it twice makes the dividend positive, and the quotient 2 · steps too large.
  const steps = Math.ceil(FINE * Math.sqrt(n))
  const shifted = emitter.node(
    'Add',
    [emitter.node('Mul', [distance, emitter.f64(steps)]), emitter.node('Mul', [root, emitter.f64(2 * steps)])],
    {},
    `${hint}/shifted`,
  )
  const dividend = emitter.cast(emitter.node('Max', [shifted, emitter.f64(0)]), 'i64', `${hint}/dividend`)
  const quotient = emitter.node('Div', [dividend, emitter.cast(root, 'i64')], {}, `${hint}/quotient`)
  const bounded = emitter.node('Clip', [quotient, emitter.i64(0), emitter.i64(4 * steps)], {}, `${hint}/bounded`)
  const unit = Math.sqrt(n) / steps
  // Floor is half a step below the nearest on average: the shift makes up for it, and for what was added.
  const factor = step.factor.map((f) => toPlaces((f * unit) / grid.scale, PLACES))
  const shift = step.shift.map((s, c) => toPlaces(s / grid.scale + (0.5 - 2 * steps) * (factor[c] as number), PLACES))
  const scaled = emitter.node('Mul', [emitter.cast(bounded, 'f64'), emitter.f64(factor)], {}, `${hint}/scaled`)
  const whole = emitter.node('Add', [scaled, emitter.f64(shift)], {}, `${hint}/whole`)
  const clipped = emitter.node('Clip', [whole, emitter.f64(grid.lo), emitter.f64(grid.hi)], {}, `${hint}/clipped`)
  const rounded = emitter.node('Round', [clipped], {}, `${hint}/rounded`)
  return heldAs({ name: emitter.cast(rounded, 'f32', hint), type: 'f32', ...grid })
}
