import type { OnnxNode } from '../../../onnx/model.ts'
import { elementsOf } from '../../value.ts'
import { gatherKernel } from '../kernels/gather.ts'
import { ELEMENT_BYTES } from '../kernels/lanes.ts'
import { axisOf, intOf, intsOf } from './attributes.ts'
import { addressOf, type PlanBuilder } from './planBuilder.ts'
import {
  broadcast,
  CHANNELS_LAST,
  isDense,
  naturalOrder,
  orderOf,
  reshape,
  slice,
  transpose,
  type View,
} from './view.ts'

/** Plans a node that moves elements. Most are other views of the same memory; the rest copies. Gives a view for every output. */
export function planMove(plan: PlanBuilder, node: OnnxNode): View[] {
  const input = plan.input(node, 0)
  const dims = node.outputs.map((name) => plan.facts(name).dims)
  const [first = []] = dims
  switch (node.op) {
    case 'Identity':
    case 'Reshape':
    case 'Squeeze':
    case 'Unsqueeze':
      return [reshaped(plan, input, first)]
    case 'Transpose':
      return [transpose(input, intsOf(node, 'perm', naturalOrder(input.dims.length).toReversed()))]
    case 'Expand':
      return [broadcast(input, first)]
    case 'Slice':
      return [sliced(plan, node, input, first)]
    case 'Split':
      return split(node, input, dims)
    case 'Concat':
      return [concat(plan, node, first)]
    case 'Pad':
      return [pad(plan, node, input, first)]
    case 'Resize':
      return [resize(plan, input, first)]
    case 'Gather':
      return [gather(plan, node, input, first)]
    default:
      throw new TypeError(`no kernel for ${node.op}`)
  }
}

function reshaped(plan: PlanBuilder, input: View, dims: readonly number[]): View {
  const view = reshape(input, dims) ?? reshape(plan.dense(input), dims)
  if (!view) throw new TypeError('a tensor without gaps can be reshaped')
  return view
}

/** Starts are counted from the end where they are negative, and lie within the axis; lengths are known from the facts. */
function sliced(plan: PlanBuilder, node: OnnxNode, input: View, dims: readonly number[]): View {
  const starts = plan.numbers(node.inputs[1]) ?? []
  const axes = plan.numbers(node.inputs[3]) ?? [...starts.keys()]
  const steps = plan.numbers(node.inputs[4]) ?? starts.map(() => 1)
  return axes.reduce((view, stated, index) => {
    const axis = axisOf(stated, input.dims.length)
    const length = input.dims[axis] ?? 1
    const start = starts[index] ?? 0
    const from = Math.min(Math.max(start < 0 ? start + length : start, 0), length)
    return slice(view, axis, from, dims[axis] ?? 0, steps[index] ?? 1)
  }, input)
}

function split(node: OnnxNode, input: View, dims: readonly (readonly number[])[]): View[] {
  const axis = axisOf(intOf(node, 'axis', 0), input.dims.length)
  let start = 0
  return dims.map((own) => {
    const length = own[axis] ?? 0
    const view = slice(input, axis, start, length)
    start += length
    return view
  })
}

function concat(plan: PlanBuilder, node: OnnxNode, dims: readonly number[]): View {
  const axis = axisOf(intOf(node, 'axis', 0), dims.length)
  const parts = node.inputs.map((name) => plan.view(name))
  const model = parts.find((part) => isDense(part, orderOf(part)) && part.home.kind === 'buffer') ?? parts[0]
  const out = plan.allocate(parts[0]?.type ?? 'f32', dims, model ? orderOf(model) : naturalOrder(dims.length))
  let start = 0
  for (const part of parts) {
    const length = part.dims[axis] ?? 0
    plan.copy(part, slice(out, axis, start, length))
    start += length
  }
  return out
}

function pad(plan: PlanBuilder, node: OnnxNode, input: View, dims: readonly number[]): View {
  const rank = dims.length
  const lengths = plan.numbers(node.inputs[1]) ?? []
  const axes = plan.numbers(node.inputs[3])?.map((axis) => axisOf(axis, rank)) ?? naturalOrder(rank)
  const before = new Array<number>(rank).fill(0)
  for (const [index, axis] of axes.entries()) before[axis] = lengths[index] ?? 0
  const order = isDense(input, orderOf(input)) ? orderOf(input) : naturalOrder(rank)
  const out = plan.allocate(input.type, dims, order)
  plan.copy(broadcast(plan.zero(input.type), dims), out)
  const inside = before.reduce((view, start, axis) => slice(view, axis, start, input.dims[axis] ?? 0), out)
  plan.copy(input, inside)
  return out
}

/** Every element `down` times in a column and `across` times in a row: a copy from axes without a stride. */
function resize(plan: PlanBuilder, input: View, dims: readonly number[]): View {
  const [images = 1, channels = 1, height = 1, width = 1] = input.dims
  const [, , outHeight = 1, outWidth = 1] = dims
  const six = [images, channels, height, outHeight / height, width, outWidth / width]
  const [n = 0, c = 0, y = 0, x = 0] = input.strides
  const out = plan.allocate(input.type, dims, CHANNELS_LAST)
  const target = reshape(out, six)
  if (!target) throw new TypeError('an image can be seen as repeated pixels')
  plan.copy({ ...input, dims: six, strides: [n, c, y, 0, x, 0] }, target)
  return out
}

function gather(plan: PlanBuilder, node: OnnxNode, input: View, dims: readonly number[]): View {
  const [, indexName = ''] = node.inputs
  const axis = axisOf(intOf(node, 'axis', 0), input.dims.length)
  const [only, ...others] = plan.numbers(indexName) ?? []
  if (only !== undefined && others.length === 0) {
    const view = slice(input, axis, axisOf(only, input.dims[axis] ?? 1), 1)
    return reshaped(plan, view, dims)
  }
  const data = plan.dense(input)
  const indices = plan.dense(plan.view(indexName))
  const out = plan.allocate(data.type, dims, naturalOrder(dims.length))
  const inner = elementsOf(data.dims.slice(axis + 1))
  const count = elementsOf(indices.dims)
  const bytes = ELEMENT_BYTES[data.type]
  plan.emit(
    gatherKernel({
      indexType: indices.type === 'i64' ? 'i64' : 'i32',
      elementBytes: inner === 1 ? bytes : undefined,
    }),
    elementsOf(data.dims.slice(0, axis)) * count,
    2 + inner / 4,
    {
      input: addressOf(data),
      indices: addressOf(indices),
      out: addressOf(out),
      length: data.dims[axis] ?? 1,
      count,
      rowBytes: inner * bytes,
    },
  )
  return out
}
