import type { OnnxNode } from '../../../onnx/model.ts'
import type { Step, Work } from '../../float/step.ts'
import { freeParts } from '../../plan/joins.ts'
import { type Context, heldAt, type Lowering, plainAt, unsupported } from '../context.ts'
import { int, ints, text } from '../emitter.ts'
import { type Held, heldAs, NO_SHIFT, ofChannel } from '../held.ts'
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

/** Tensors one after the other: with one scale, or along the channels each with its own where only convolutions read them. */
export const lowerConcat: Lowering<Of<'concat'>> = (step, context) => {
  const { emitter } = context
  const channels = freeParts(step, context.uses)
  const parts = channels ? step.xs.map((name) => heldAt(context, name, step)) : alikeParts(step, context)
  const inputs = parts.map((part) => part.name)
  return {
    name: emitter.node('Concat', inputs, { axis: int(step.axis) }, step.name),
    type: 'f32',
    lo: Math.min(...parts.map((part) => part.lo)),
    hi: Math.max(...parts.map((part) => part.hi)),
    scales: channels
      ? spread(
          parts.map((part) => part.scales),
          channels,
        )
      : (parts[0]?.scales ?? NO_SHIFT),
    shifts: channels
      ? spread(
          parts.map((part) => part.shifts),
          channels,
        )
      : NO_SHIFT,
  }
}

function alikeParts(step: Of<'concat'>, context: Context): Held[] {
  const parts = step.xs.map((name) => plainAt(context, name, step))
  const scale = context.shared.get(step.name) ?? Math.max(...parts.map((part) => part.scale))
  return parts.map((part) => heldAs(atScale(part, scale, context, step.name)))
}

/** Values of all channels of parts that follow each other. */
const spread = (parts: readonly Float64Array[], channels: readonly number[]): Float64Array =>
  Float64Array.from(
    parts.flatMap((values, i) => Array.from({ length: channels[i] ?? 0 }, (_, c) => ofChannel(values, c))),
  )

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
