import type { OnnxNode } from '../../../onnx/model.ts'
import { elementsOf } from '../../value.ts'
import { argMaxKernel } from '../kernels/argMax.ts'
import { LANES } from '../kernels/lanes.ts'
import { type ReduceType, reduceKernel } from '../kernels/reduce.ts'
import { axisOf, intOf } from './attributes.ts'
import type { Chain } from './chain.ts'
import { planEpilogue } from './epilogue.ts'
import { addressOf, type PlanBuilder } from './planBuilder.ts'
import { isDense, naturalOrder, type Order, orderOf, type View } from './view.ts'

/** An input whose reduced axes are neighbours in memory: [outer, length, inner]. */
type Blocks = {
  readonly view: View
  readonly order: Order
  readonly outer: number
  readonly length: number
  readonly inner: number
}

/** Plans `ReduceSum`, `ReduceMax` and `ReduceMin`. */
export function planReduce(plan: PlanBuilder, node: OnnxNode, chain: Chain): View {
  const input = plan.input(node, 0)
  const rank = input.dims.length
  const stated = plan.numbers(node.inputs[1]) ?? []
  const axes = new Set(stated.length > 0 ? stated.map((axis) => axisOf(axis, rank)) : naturalOrder(rank))
  const { view, order, outer, length, inner } = blocksOf(plan, input, axes)
  const type = view.type as ReduceType
  const { dims } = plan.facts(node.outputs[0] ?? '')
  const isKept = intOf(node, 'keepdims', 1) === 1
  const left = naturalOrder(rank).filter((axis) => isKept || !axes.has(axis))
  const outOrder = order.filter((axis) => left.includes(axis)).map((axis) => left.indexOf(axis))
  const { epilogue, words } = planEpilogue(plan, chain, { type, dims, order: outOrder, channelAxis: undefined })
  const out = plan.allocate(epilogue.type, dims, outOrder)
  const op = node.op as 'ReduceSum' | 'ReduceMax' | 'ReduceMin'
  const blocks = inner === 1 ? 1 : Math.ceil(inner / LANES)
  plan.emit(reduceKernel({ op, type, along: inner === 1, epilogue }), outer * blocks, length / (inner === 1 ? 4 : 1), {
    input: addressOf(view),
    out: addressOf(out),
    length,
    inner,
    blocks,
    ...words,
  })
  return out
}

/** Plans `ArgMax`. */
export function planArgMax(plan: PlanBuilder, node: OnnxNode): View {
  const input = plan.input(node, 0)
  const rank = input.dims.length
  const axis = axisOf(intOf(node, 'axis', 0), rank)
  const view = plan.dense(input, [...naturalOrder(rank).filter((other) => other !== axis), axis])
  const { dims } = plan.facts(node.outputs[0] ?? '')
  const out = plan.allocate('i64', dims, naturalOrder(dims.length))
  plan.emit(argMaxKernel(view.type === 'i32' ? 'i32' : 'f32'), elementsOf(dims), view.dims[axis] ?? 1, {
    input: addressOf(view),
    out: addressOf(out),
    length: view.dims[axis] ?? 1,
    inner: 1,
  })
  return out
}

function blocksOf(plan: PlanBuilder, input: View, axes: ReadonlySet<number>): Blocks {
  const own = orderOf(input)
  const long = (order: Order) => order.filter((axis) => input.dims[axis] !== 1)
  const first = long(own).findIndex((axis) => axes.has(axis))
  const reduced = long(own).filter((axis) => axes.has(axis)).length
  const isOneBlock = long(own)
    .slice(Math.max(first, 0), Math.max(first, 0) + reduced)
    .every((axis) => axes.has(axis))
  const natural = naturalOrder(input.dims.length)
  const order =
    isDense(input, own) && isOneBlock
      ? own
      : [...natural.filter((axis) => !axes.has(axis)), ...natural.filter((axis) => axes.has(axis))]
  const view = plan.dense(input, order)
  const count = (chosen: readonly number[]) => elementsOf(chosen.map((axis) => input.dims[axis] ?? 1))
  const lengths = long(order)
  const start = lengths.findIndex((axis) => axes.has(axis))
  const end = start + reduced
  if (start < 0) return { view, order, outer: count(lengths), length: 1, inner: 1 }
  return {
    view,
    order,
    outer: count(lengths.slice(0, start)),
    length: count(lengths.slice(start, end)),
    inner: count(lengths.slice(end)),
  }
}
