import type { HardSwishStep, Step } from '../../float/step.ts'
import { type Context, type Lowering, plainAt, unsupported } from '../context.ts'
import { placesFor, toPlaces } from '../dyadic.ts'
import { float } from '../emitter.ts'
import { magnitude } from '../quantized.ts'

/** HardSigmoid's factors are multiples of 2^-24 (specs/exact-inference.md). */
const MOST_PLACES = 24

/** A shift below this share of a step is left to those who read the tensor: in a padded convolution it is missing at the border. */
const SMALL = 1 / 32

/**
 * factor · q · min(max(alpha q + beta, 0), 1) + shift, computed as HardSigmoid, Mul and Round: the factor goes into the scale. The shift is
 * added before rounding, or left in `shifts` where only convolutions without padding and means read the result.
 */
export const lowerHardSwish: Lowering<Step & HardSwishStep> = (step, context) => {
  const { emitter } = context
  const q = plainAt(context, step.x, step)
  if (!(step.factor > 0)) throw unsupported(step, 'its factor is not positive')
  const scale = q.scale * step.factor
  const added = isAdded(step, scale, context) ? step.shift / scale : 0
  const places = placesFor(magnitude(q) + Math.abs(added), MOST_PLACES)
  const [alpha, beta] = [toPlaces(step.alpha * q.scale, places), toPlaces(step.beta, places)]
  const gate = emitter.node('HardSigmoid', [q.name], { alpha: float(alpha), beta: float(beta) }, `${step.name}/gate`)
  const product = emitter.node('Mul', [q.name, gate], {}, `${step.name}/product`)
  const constant = toPlaces(added, places)
  const sum = constant === 0 ? product : emitter.node('Add', [product, emitter.f32(constant)], {}, `${step.name}/sum`)
  return {
    name: emitter.node('Round', [sum], {}, step.name),
    type: 'f32',
    lo: Math.floor(Math.min(q.lo, 0) + constant),
    hi: Math.ceil(Math.max(q.hi, 0) + constant),
    scales: Float64Array.of(scale),
    shifts: Float64Array.of(constant === 0 ? step.shift : 0),
  }
}

function isAdded(step: Step & HardSwishStep, scale: number, { uses }: Context): boolean {
  if (step.shift === 0) return false
  if (Math.abs(step.shift) < SMALL * scale && uses.readers(step.name).every(({ op }) => TAKES_SHIFT.has(op)))
    return false
  return !uses.readers(step.name).every((reader) => {
    if (reader.op === 'conv') return reader.pads.every((pad) => pad === 0)
    return TAKES_SHIFT.has(reader.op)
  })
}

const TAKES_SHIFT = new Set(['conv', 'linear', 'mean'])
