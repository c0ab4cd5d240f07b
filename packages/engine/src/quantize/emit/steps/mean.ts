import type { Step, Work } from '../../float/step.ts'
import { heldAt, type Lowering, unsupported } from '../context.ts'
import { type Emitter, int } from '../emitter.ts'
import { magnitude } from '../quantized.ts'

/** Magnitude up to which a mean is made finer than what it is the mean of: a sum with weights of some bits must still fit. */
const FINEST = 1024

/** Height and width, as exporters write them. */
const PLANES = new Set(['2,3', '-2,-1', '3,2', '-1,-2'])

type MeanStep = Extract<Work, { op: 'mean' }>

/** The mean of an image's planes: two sums, and a division of integers by their number, rounded to the nearest. */
export const lowerMean: Lowering<Step & MeanStep> = (step, context) => {
  const { emitter } = context
  const x = heldAt(context, step.x, step)
  if (!PLANES.has(step.axes.join())) throw unsupported(step, `means over axes ${step.axes} have no form yet`)
  const hint = step.name
  let finer = 1
  while (magnitude(x) * finer * 2 <= FINEST) finer *= 2
  const count = pixels(emitter, x.name, hint)
  const rows = emitter.node('ReduceSum', [x.name, emitter.i64([3])], { keepdims: int(1) }, `${hint}/rows`)
  const whole = emitter.cast(rows, 'i32', `${hint}/whole`)
  const sum = emitter.node('ReduceSum', [whole, emitter.i64([2])], { keepdims: int(1) }, `${hint}/total`)
  const scaled = finer === 1 ? sum : emitter.node('Mul', [sum, emitter.i32(finer)], {}, `${hint}/finer`)
  // ⌊(S + n · (1 − 2 lo) / 2) / n⌋ + lo is S / n rounded, with a dividend that is not negative.
  const lo = Math.min(0, x.lo) * finer
  const half = emitter.node('Div', [count, emitter.i32(2)], {}, `${hint}/half`)
  const offset =
    lo === 0 ? half : emitter.node('Sub', [half, emitter.node('Mul', [count, emitter.i32(lo)])], {}, `${hint}/offset`)
  const dividend = emitter.node('Add', [scaled, offset], {}, `${hint}/dividend`)
  const quotient = emitter.node('Div', [dividend, count], {}, `${hint}/quotient`)
  const mean = lo === 0 ? quotient : emitter.node('Add', [quotient, emitter.i32(lo)], {}, `${hint}/mean`)
  const real = emitter.cast(mean, 'f32', hint)
  return {
    name: step.keep ? real : emitter.node('Squeeze', [real, emitter.i64([2, 3])], {}, `${hint}/flat`),
    type: 'f32',
    lo: x.lo * finer,
    hi: x.hi * finer,
    scales: x.scales.map((scale) => scale / finer),
    shifts: x.shifts,
  }
}

/** Number of pixels of a plane, i32: computed from the shape. */
function pixels(emitter: Emitter, image: string, hint: string): string {
  const shape = emitter.node('Shape', [image], {}, `${hint}/shape`)
  const length = (axis: number) =>
    emitter.node('Slice', [shape, emitter.i64([axis]), emitter.i64([axis + 1])], {}, `${hint}/length`)
  return emitter.cast(emitter.node('Mul', [length(2), length(3)], {}, `${hint}/area`), 'i32', `${hint}/pixels`)
}
