import type { OnnxModel } from '../onnx/model.ts'
import { Emitter, ints } from '../quantize/emit/emitter.ts'

/** Weights and velocities stay within this, so that what a step gives the next one may take. Whole numbers; a pixel of 255 times a weight of 128 is a score of 32,640. */
export const WEIGHT_REACH = 2 ** 15

export type SgdStepParameters = {
  /** Examples a step; at most 64. */
  readonly batch: number
  /** Numbers of an example, bytes; at most 1,024. */
  readonly features: number
  readonly classes: number
  /** Bits by which scores are shifted to predictions of 0 to 255: 8 takes a score of 65,280 to 255. */
  readonly scoreBits?: number
  /** Bits by which gradients are shifted: what others call the learning rate, as a power of two. */
  readonly rateBits?: number
}

/**
 * A step of stochastic gradient descent with momentum as an exact graph (specs/training.md): inputs are weights, velocities, a batch and its labels, outputs the
 * new weights and velocities. Whoever sells such steps under the profile of exact graphs is judged for every bit of every new weight.
 *
 * The model is linear, its loss the squared error of its predictions: e = clip(round(x·W / 2^scoreBits), 0, 255) − y, V' = round(7/8 V) + round(xᵀ·e / 2^rateBits), W' = W − V'.
 */
export function sgdStepModel({ batch, features, classes, scoreBits = 8, rateBits = 14 }: SgdStepParameters): OnnxModel {
  const emit = new Emitter()
  const reach = { lo: -WEIGHT_REACH, hi: WEIGHT_REACH }
  const wide = (tensor: string) => emit.cast(tensor, 'f64')
  const weights = wide(emit.input('weights', 'i32', [features, classes], reach))
  const velocity = wide(emit.input('velocity', 'i32', [features, classes], reach))
  const examples = wide(emit.input('examples', 'u8', [batch, features]))
  const labels = wide(emit.input('labels', 'u8', [batch, classes]))

  const shifted = (tensor: string, bits: number) =>
    emit.node('Round', [emit.node('Mul', [tensor, emit.f64(2 ** -bits)])])
  const within = (tensor: string, lo: number, hi: number) => emit.node('Clip', [tensor, emit.f64(lo), emit.f64(hi)])

  const scores = emit.node('MatMul', [examples, weights], {}, 'scores')
  const predictions = within(shifted(scores, scoreBits), 0, 255)
  const errors = emit.node('Sub', [predictions, labels], {}, 'errors')
  const columns = emit.node('Transpose', [examples], { perm: ints([1, 0]) })
  const gradient = emit.node('MatMul', [columns, errors], {}, 'gradient')
  const kept = emit.node('Round', [emit.node('Mul', [velocity, emit.f64(7 / 8)])])
  const moved = within(emit.node('Add', [kept, shifted(gradient, rateBits)]), -WEIGHT_REACH, WEIGHT_REACH)
  const updated = within(emit.node('Sub', [weights, moved]), -WEIGHT_REACH, WEIGHT_REACH)
  emit.output(emit.cast(updated, 'i32'), 'weights_after', 'i32')
  emit.output(emit.cast(moved, 'i32'), 'velocity_after', 'i32')
  return emit.model()
}
