import { UnsupportedOpError } from '../errors.ts'
import { constantInts, inputOf, intAttribute } from '../graph/tfGraph.ts'
import type { Translation } from './graphBuilder.ts'
import { TO_THE_END } from './toTheEnd.ts'

/** ONNX's form of a strided slice: bounds per axis, then the axes to drop, then those to add. Axes may count from the back. */
export type SlicePlan = {
  starts: number[]
  ends: number[]
  steps: number[]
  axes: number[]
  dropped: number[]
  added: number[]
}

export type SlicePlanParameters = {
  begin: readonly number[]
  end: readonly number[]
  strides: readonly number[]
  /** Bit i speaks of entry i of `begin`, as in `tf.strided_slice`. */
  masks: { begin: number; end: number; ellipsis: number; newAxis: number; shrink: number }
}

/**
 * Lays out `tf.strided_slice` (tensorflow.org/api_docs/python/tf/strided_slice) for ONNX. Where bits of several masks meet,
 * TensorFlow lets ellipsis outrank new axis, and new axis outrank shrink; a shrunk entry ignores begin and end masks. Returns
 * undefined for what has no words in ONNX: an axis added after an ellipsis, an entry shrunk backwards, and steps backwards from a
 * place counted from the back, where a place before the first element means nothing in TensorFlow and the first in ONNX.
 */
export function planStridedSlice({ begin, end, strides, masks }: SlicePlanParameters): SlicePlan | undefined {
  const plan: SlicePlan = { starts: [], ends: [], steps: [], axes: [], dropped: [], added: [] }
  const has = (mask: number, entry: number) => ((mask >> entry) & 1) === 1
  const isAxis = (entry: number) => !has(masks.ellipsis, entry) && !has(masks.newAxis, entry)
  let axis = 0
  let resultAxis = 0
  for (const entry of begin.keys()) {
    if (has(masks.ellipsis, entry)) {
      // What follows is counted from the back.
      const after = begin.map((_, i) => i).filter((i) => i > entry)
      if (after.some((i) => !isAxis(i))) return undefined
      axis = -after.length
      continue
    }
    if (has(masks.newAxis, entry)) {
      plan.added.push(resultAxis++)
      continue
    }
    const [from = 0, to = 0, step = 1] = [begin[entry], end[entry], strides[entry]]
    const shrink = has(masks.shrink, entry)
    const fromBack = from < -1 && !has(masks.begin, entry)
    if (step <= 0 && (shrink || fromBack)) return undefined
    plan.axes.push(axis)
    plan.steps.push(step)
    if (shrink) {
      plan.starts.push(from)
      plan.ends.push(from === -1 ? TO_THE_END : from + 1)
      plan.dropped.push(axis)
    } else {
      plan.starts.push(has(masks.begin, entry) ? (step > 0 ? 0 : TO_THE_END) : from)
      plan.ends.push(has(masks.end, entry) ? (step > 0 ? TO_THE_END : -TO_THE_END) : to)
      resultAxis++
    }
    axis++
  }
  return plan
}

export const translateStridedSlice: Translation = (node, builder) => {
  const ints = (index: number) => constantInts(builder.graph, node, index)
  const mask = (name: string) => intAttribute(node, `${name}_mask`, 0)
  const plan = planStridedSlice({
    begin: ints(1),
    end: ints(2),
    strides: ints(3),
    masks: {
      begin: mask('begin'),
      end: mask('end'),
      ellipsis: mask('ellipsis'),
      newAxis: mask('new_axis'),
      shrink: mask('shrink_axis'),
    },
  })
  if (!plan) throw new UnsupportedOpError({ node: node.name, op: node.op, why: 'this combination of masks' })
  const bounds = [plan.starts, plan.ends, plan.axes, plan.steps].map((values) => builder.ints(values))
  const sliced = plan.axes.length > 0 ? builder.step(node, 'Slice', [inputOf(node, 0), ...bounds]) : inputOf(node, 0)
  const dropped = plan.dropped.length > 0 ? builder.step(node, 'Squeeze', [sliced, builder.ints(plan.dropped)]) : sliced
  if (plan.added.length > 0) builder.result(node, 'Unsqueeze', [dropped, builder.ints(plan.added)])
  else builder.result(node, 'Identity', [dropped])
}
