import type { OnnxNode } from '../../../onnx/model.ts'
import type { Step, Work } from '../../float/step.ts'
import { type Context, heldAt, type Lowering, plainAt, unsupported } from '../context.ts'
import { int, ints, text } from '../emitter.ts'
import { heldAs } from '../held.ts'
import { atScale } from './arithmetic.ts'

type Of<Op extends Work['op']> = Step & Extract<Work, { op: Op }>

export const lowerMaxPool: Lowering<Of<'maxPool'>> = (step, context) => {
  const x = heldAt(context, step.x, step)
  const { strides, pads } = step.window
  const attributes = { kernel_shape: ints(step.kernel), strides: ints(strides), pads: ints(pads) }
  return { ...x, name: context.emitter.node('MaxPool', [x.name], attributes, step.name) }
}

export const lowerResize: Lowering<Of<'resize'>> = (step, context) => {
  const { emitter } = context
  const x = heldAt(context, step.x, step)
  const inputs = [x.name, '', emitter.f32([1, 1, ...step.factors])]
  const attributes = {
    mode: text('nearest'),
    coordinate_transformation_mode: text('asymmetric'),
    nearest_mode: text('floor'),
  }
  return { ...x, name: emitter.node('Resize', inputs, attributes, step.name) }
}

export const lowerConcat: Lowering<Of<'concat'>> = (step, context) => {
  const { emitter } = context
  const parts = step.xs.map((name) => plainAt(context, name, step))
  const scale = context.shared.get(step.name) ?? Math.max(...parts.map((part) => part.scale))
  const alike = parts.map((part) => atScale(part, scale, context, step.name))
  const name = emitter.node(
    'Concat',
    alike.map((part) => part.name),
    { axis: int(step.axis) },
    step.name,
  )
  const [lo, hi] = [Math.min(...alike.map((part) => part.lo)), Math.max(...alike.map((part) => part.hi))]
  return heldAs({ name, type: 'f32', scale, lo, hi })
}

/** Elements move as the ONNX node says; Flatten is a Reshape. */
export const lowerMove: Lowering<Of<'move'>> = (step, context) => {
  const { emitter } = context
  const x = heldAt(context, step.x, step)
  if (x.scales.length !== 1) throw unsupported(step, 'its channels have scales of their own')
  const { moved } = step
  if (moved.op === 'Flatten') {
    if ((moved.attributes.get('axis')?.value ?? 1) !== 1) throw unsupported(step, 'its axis is not 1')
    return { ...x, name: emitter.node('Reshape', [x.name, emitter.i64([0, -1])], {}, step.name) }
  }
  const rest = moved.inputs.slice(1).map((name) => integersAt(context, name, step))
  return { ...x, name: emitter.node(moved.op, [x.name, ...rest], Object.fromEntries(moved.attributes), step.name) }
}

/** Integers that follow from shapes: the ONNX node as it is. */
export function lowerIntegers(step: Of<'integers'>, context: Context): void {
  const { made } = step
  const inputs = made.inputs.map((name) => context.held.get(name)?.name ?? integersAt(context, name, step))
  context.integers.set(step.name, context.emitter.node(made.op, inputs, attributesOf(made), step.name))
}

function attributesOf({ attributes }: OnnxNode) {
  return Object.fromEntries(attributes)
}

function integersAt(context: Context, name: string, step: Step): string {
  if (name === '') return ''
  const found = context.integers.get(name)
  if (found === undefined) throw unsupported(step, `"${name}" is not made of integers`)
  return found
}
