import { channelsOf } from '../channelsOf.ts'
import { type AffineStep, type FloatGraph, type Step, UNBOUNDED } from '../step.ts'
import { usesOf } from './uses.ts'

/**
 * Factors and shifts of images that nothing could take up become convolutions of each channel by itself, 1 × 1: a normalisation before an
 * activation, say. A positive factor alone stays: it goes into a scale.
 */
export function spellAffines(graph: FloatGraph): FloatGraph {
  const { maker } = usesOf(graph)
  const steps = graph.steps.map((step): Step => {
    if (step.op !== 'affine' || isFree(step)) return step
    const channels = channelsOf(step.x, maker)
    const { factor, shift, axis } = step
    const alike = factor.length === 1 && shift.length === 1
    if (channels === undefined || (!alike && axis !== -3)) return step
    const each = (values: Float64Array) =>
      values.length === channels ? values : new Float64Array(channels).fill(values[0] as number)
    return {
      ...{ name: step.name, node: step.node, op: 'conv', x: step.x, transposed: false, group: channels },
      ...{ weights: { dims: [channels, 1, 1, 1], data: each(factor) }, bias: each(shift) },
      ...{ bounds: UNBOUNDED, strides: [1, 1], pads: [0, 0, 0, 0] },
    }
  })
  return { ...graph, steps }
}

const isFree = ({ factor, shift }: AffineStep): boolean =>
  factor.length === 1 && shift.length === 1 && (factor[0] as number) > 0 && shift[0] === 0
