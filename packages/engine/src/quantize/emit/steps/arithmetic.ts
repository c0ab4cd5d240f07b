import type { Step, Work } from '../../float/step.ts'
import { type Context, gridAt, heldAt, type Lowering, plainAt, unsupported } from '../context.ts'
import { placesFor, toPlaces } from '../dyadic.ts'
import type { Held } from '../held.ts'
import { heldAs, isZero } from '../held.ts'
import { magnitude, type Quantized } from '../quantized.ts'
import { requantised } from './requantised.ts'

type Binary = Extract<Work, { op: 'add' | 'sub' | 'mul' | 'div' }>

/** Relative difference below which two scales count as one. */
const SAME = 1e-12

/** A sum or difference of tensors with one scale: nothing to round, and a Clip where the plan wants one. */
export const lowerSum: Lowering<Step & Binary> = (step, context) => {
  const operands = [plainAt(context, step.a, step), plainAt(context, step.b, step)]
  const scale = context.shared.get(step.name) ?? Math.max(...operands.map((operand) => operand.scale))
  const [a, b] = operands.map((operand) => atScale(operand, scale, context, step.name)) as [Quantized, Quantized]
  const [lo, hi] = step.op === 'add' ? [a.lo + b.lo, a.hi + b.hi] : [a.lo - b.hi, a.hi - b.lo]
  const sum = context.emitter.node(step.op === 'add' ? 'Add' : 'Sub', [a.name, b.name], {}, step.name)
  const grid = context.plan.get(step.name)
  if (!grid) return heldAs({ name: sum, type: 'f32', scale, lo, hi })
  const bounds = [context.emitter.f32(grid.lo), context.emitter.f32(grid.hi)]
  const name = context.emitter.node('Clip', [sum, ...bounds], {}, `${step.name}/clipped`)
  return heldAs({ name, type: 'f32', scale, lo: grid.lo, hi: grid.hi })
}

/** The same numbers at another scale, which costs a multiplication and a rounding where it is another. */
export function atScale(x: Quantized, scale: number, { emitter }: Context, hint: string): Quantized {
  const ratio = x.scale / scale
  if (Math.abs(ratio - 1) < SAME) return x
  const most = Math.ceil(magnitude(x) * ratio)
  const factor = toPlaces(ratio, placesFor(most + 1, 24))
  const scaled = emitter.node('Mul', [x.name, emitter.f32(factor)], {}, `${hint}/rescaled`)
  const [lo, hi] = [Math.max(-most, Math.floor(x.lo * ratio)), Math.min(most, Math.ceil(x.hi * ratio))]
  return { name: requantised(emitter, scaled, { lo, hi }, `${hint}/operand`), type: 'f32', scale, lo, hi }
}

/**
 * A product of two tensors: the one with fewer elements, the gate, is brought to a power of two first, so that its passes are the cheap
 * ones. Then Mul, Clip where bounds do not follow, and Round.
 */
export const lowerMul: Lowering<Step & Binary> = (step, context) => {
  const { emitter } = context
  const grid = gridAt(context, step)
  const [x, gate] = operandsOf(step, context)
  const ratio = (x.scale * gate.scale) / grid.scale
  const places = placesFor(magnitude(x) * magnitude(gate) * ratio, 24)
  const factor = toPlaces(ratio, places)
  if (factor === 0) throw unsupported(step, 'its operands are too fine for one product')
  const small = emitter.node('Mul', [gate.name, emitter.f32(factor)], {}, `${step.name}/gate`)
  const product = emitter.node('Mul', [x.name, small], {}, `${step.name}/product`)
  const corners = [x.lo * gate.lo, x.lo * gate.hi, x.hi * gate.lo, x.hi * gate.hi].map((corner) => corner * factor)
  const [least, most] = [Math.floor(Math.min(...corners)), Math.ceil(Math.max(...corners))]
  if (least >= grid.lo * SLACK && most <= grid.hi * SLACK) {
    const name = emitter.node('Round', [product], {}, step.name)
    return heldAs({ name, type: 'f32', scale: grid.scale, lo: least, hi: most })
  }
  return heldAs({ name: requantised(emitter, product, grid, step.name), type: 'f32', ...grid })
}

/** Bounds may grow by so much before clipping, one more pass, is worth it. */
const SLACK = 1.25

function operandsOf(step: Step & Binary, context: Context): [Quantized, Quantized] {
  const [a, b] = [plainAt(context, step.a, step), plainAt(context, step.b, step)]
  const isGate = (name: string) => context.uses.isPrivate(name) && context.uses.maker(name)?.op !== 'hardSwish'
  return !isGate(step.b) && isGate(step.a) ? [b, a] : [a, b]
}

/** A factor and a shift that could not be folded: a positive factor alone goes into the scale. */
export const lowerAffine: Lowering<Step & Extract<Work, { op: 'affine' }>> = (step, context) => {
  const x = heldAt(context, step.x, step)
  const [factor = 1] = step.factor
  const one = step.factor.length === 1 && step.shift.length === 1
  if (!one || !(factor > 0))
    throw unsupported(step, 'a factor for each channel, or a negative one, stands where nothing can take it up')
  const shifts = x.shifts.map((shift) => shift * factor + (step.shift[0] as number))
  if (!isZero(shifts) && !context.uses.readers(step.name).every(({ op }) => op === 'linear' || op === 'mean')) {
    throw unsupported(step, 'a shift stands where nothing can take it up')
  }
  return { ...x, scales: x.scales.map((scale) => scale * factor), shifts }
}

/** Bounds on a carried tensor, which are rounded to its steps. */
export const lowerClip: Lowering<Step & Extract<Work, { op: 'clip' }>> = (step, context): Held => {
  const { emitter } = context
  const x = plainAt(context, step.x, step)
  const bound = (real: number) => Math.min(Math.max(Math.floor(real / x.scale + 0.5), x.lo), x.hi)
  const [lo, hi] = [bound(step.bounds.lo), bound(step.bounds.hi)]
  const name = emitter.node('Clip', [x.name, emitter.f32(lo), emitter.f32(hi)], {}, step.name)
  return heldAs({ ...x, name, lo, hi })
}
