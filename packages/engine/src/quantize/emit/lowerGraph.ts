import type { OnnxModel } from '../../onnx/model.ts'
import { usesOf } from '../float/simplify/uses.ts'
import type { FloatGraph, Step } from '../float/step.ts'
import type { Plan } from '../plan/planGrids.ts'
import { type Context, unsupported } from './context.ts'
import { Emitter } from './emitter.ts'
import type { Held } from './held.ts'
import { type InputForm, lowerInput, turnPlanes } from './input.ts'
import { lowerAffine, lowerClip, lowerMul, lowerSum } from './steps/arithmetic.ts'
import { lowerConv } from './steps/conv.ts'
import { lowerFunction } from './steps/curve.ts'
import { lowerHardSwish } from './steps/hardSwish.ts'
import { lowerLayerNorm } from './steps/layerNorm.ts'
import { lowerLinear } from './steps/linear.ts'
import { lowerMean } from './steps/mean.ts'
import { lowerConcat, lowerIntegers, lowerMaxPool, lowerMove, lowerResize } from './steps/movement.ts'
import { lowerProduct } from './steps/product.ts'
import { lowerSoftmax } from './steps/softmax.ts'

export type LowerGraphParameters = {
  graph: FloatGraph
  plan: Plan
  /** How each input of the exact graph looks. */
  inputs: ReadonlyMap<string, InputForm>
}

export type LoweredGraph = {
  model: OnnxModel
  /** How each tensor of the float graph that is left is held in the exact one. */
  held: ReadonlyMap<string, Held>
}

/** Writes the exact graph that computes what a float graph does, on the grids of a plan. Throws `UnsupportedOpError`. */
export function lowerGraph({ graph, plan, inputs }: LowerGraphParameters): LoweredGraph {
  const emitter = new Emitter()
  const held = new Map<string, Held>()
  let turned = graph
  for (const { name } of graph.inputs) {
    const form = inputs.get(name)
    if (!form) throw new RangeError(`The form of the input "${name}" is not given.`)
    if (form.kind === 'image' && form.planes === 'bgr') turned = turnPlanes(turned, name)
    held.set(name, lowerInput(emitter, name, form))
  }
  const integers = new Map<string, string>()
  const read = new Set(
    graph.steps.flatMap((step) =>
      step.op === 'move' ? step.moved.inputs : step.op === 'integers' ? step.made.inputs : [],
    ),
  )
  for (const [name, tensor] of graph.integers) {
    if (read.has(name)) integers.set(name, emitter.constant(tensor, 'integers'))
  }
  const context: Context = {
    emitter,
    held,
    integers,
    uses: usesOf(graph),
    plan: plan.grids,
    shared: plan.shared,
  }
  for (const step of turned.steps) {
    if (step.op === 'integers') lowerIntegers(step, context)
    else held.set(step.name, lower(step, context))
  }
  for (const name of graph.outputs) {
    const tensor = held.get(name)
    if (tensor) emitter.output(tensor.name, `${name}/integers`, tensor.type)
  }
  return { model: emitter.model(), held }
}

function lower(step: Exclude<Step, { op: 'integers' }>, context: Context): Held {
  switch (step.op) {
    case 'conv':
      return lowerConv(step, context)
    case 'linear':
      return lowerLinear(step, context)
    case 'hardSwish':
      return lowerHardSwish(step, context)
    case 'mean':
      return lowerMean(step, context)
    case 'mul':
      return lowerMul(step, context)
    case 'add':
    case 'sub':
      return lowerSum(step, context)
    case 'affine':
      return lowerAffine(step, context)
    case 'clip':
      return lowerClip(step, context)
    case 'function':
      return lowerFunction(step, context)
    case 'maxPool':
      return lowerMaxPool(step, context)
    case 'resize':
      return lowerResize(step, context)
    case 'concat':
      return lowerConcat(step, context)
    case 'move':
      return lowerMove(step, context)
    case 'product':
      return lowerProduct(step, context)
    case 'softmax':
      return lowerSoftmax(step, context)
    case 'layerNorm':
      return lowerLayerNorm(step, context)
    default:
      throw unsupported(step, 'the converter has no exact form for it yet')
  }
}
