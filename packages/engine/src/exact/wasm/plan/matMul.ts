import type { OnnxNode } from '../../../onnx/model.ts'
import { type ExactType, elementsOf } from '../../value.ts'
import { denseKernel, panelWidth } from '../kernels/dense.ts'
import { ELEMENT_BYTES } from '../kernels/lanes.ts'
import type { Chain } from './chain.ts'
import { FLAT_ROW } from './conv.ts'
import { planEpilogue } from './epilogue.ts'
import { panelWeights } from './packWeights.ts'
import { addressOf, type PlanBuilder, type Word } from './planBuilder.ts'
import { broadcast, denseStrides, naturalOrder, reshape, type View } from './view.ts'

/** The operands of a product as NumPy has it: [batches…, rows, depth] and [batches…, depth, columns]. */
export type Product = {
  readonly left: View
  readonly right: View
  readonly batchDims: readonly number[]
  readonly rows: number
  readonly depth: number
  readonly columns: number
}

export function productOf(leftView: View, rightView: View): Product {
  const left = leftView.dims.length === 1 ? withDims(leftView, [1, ...leftView.dims]) : leftView
  const right = rightView.dims.length === 1 ? withDims(rightView, [...rightView.dims, 1]) : rightView
  const [rows = 1, depth = 1] = left.dims.slice(-2)
  const [columns = 1] = right.dims.slice(-1)
  const batchDims = broadcastDims(left.dims.slice(0, -2), right.dims.slice(0, -2))
  // One right operand for all: the left one's batches are just more rows.
  if (elementsOf(right.dims.slice(0, -2)) === 1) {
    const joined = reshape(left, [elementsOf(left.dims.slice(0, -1)), depth])
    const flat = right.dims.length === 2 ? right : withDims(right, [depth, columns])
    if (joined) return { left: joined, right: flat, batchDims: [], rows: joined.dims[0] ?? 1, depth, columns }
  }
  return {
    left: broadcast(left, [...batchDims, rows, depth]),
    right: broadcast(right, [...batchDims, depth, columns]),
    batchDims,
    rows,
    depth,
    columns,
  }
}

function withDims(view: View, dims: readonly number[]): View {
  const reshaped = reshape(view, dims)
  if (!reshaped) throw new TypeError('lengths of 1 can always be added')
  return reshaped
}

function broadcastDims(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const [x = 1, y = 1] = [a[axis - rank + a.length], b[axis - rank + b.length]]
    return x === 1 ? y : x
  })
}

/** Elements from the start of a view to the start of each of its batches, in order. */
export function batchOffsets({ strides }: View, batchDims: readonly number[]): number[] {
  return batchDims.reduce<number[]>(
    (offsets, length, axis) =>
      offsets.flatMap((offset) => Array.from({ length }, (_, index) => offset + index * (strides[axis] ?? 0))),
    [0],
  )
}

/** Plans `MatMul`. A constant right operand of rank 2 is repacked, once; any other is read where it lies. */
export function planMatMul(plan: PlanBuilder, node: OnnxNode, chain: Chain): View {
  const [, rightName = ''] = node.inputs
  const constant = plan.constant(rightName)
  const isPacked = constant?.dims.length === 2
  const first = plan.input(node, 0)
  const type = first.type === 'f64' ? 'f64' : 'f32'
  const stand: View | undefined = constant && isPacked ? standIn(constant.dims, type) : undefined
  const product = productOf(neighbours(plan, first), stand ?? neighbours(plan, plan.view(rightName)))
  const { left, right, rows, depth, columns, batchDims } = product
  const bytes = ELEMENT_BYTES[type]
  const width = panelWidth(type)
  const panels = Math.ceil(columns / width)
  const dims = plan.facts(node.outputs[0] ?? '').dims
  const order = naturalOrder(dims.length)
  // A right operand of rank 1 leaves no axis of columns.
  const channelAxis = plan.facts(rightName).dims.length > 1 ? dims.length - 1 : undefined
  const { epilogue, words } = planEpilogue(plan, chain, { type, dims, order, channelAxis })
  const out = plan.allocate(epilogue.type, dims, order)
  const pack = (): Uint8Array => {
    if (constant?.type !== 'f32' && constant?.type !== 'f64') throw new TypeError('MatMul multiplies floats')
    const { data } = constant
    return panelWeights({
      data,
      columns,
      channels: depth,
      groups: 1,
      taps: [0],
      columnStride: 1,
      channelStride: columns,
    })
  }
  const weights: Word = isPacked ? { home: plan.place(rightName, 'panels', pack), bytes: 0 } : addressOf(right)
  const [leftStarts, rightStarts] = [batchOffsets(left, batchDims), batchOffsets(right, batchDims)]
  const table = leftStarts.flatMap((start, batch) => [
    start * bytes,
    isPacked ? 0 : (rightStarts[batch] ?? 0) * bytes,
    batch * rows * columns,
  ])
  const rowLength = Math.min(rows, FLAT_ROW)
  const lines = Math.ceil(rows / Math.max(rowLength, 1))
  const pixelBytes = (left.strides.at(-2) ?? 0) * bytes
  plan.emit(
    denseKernel({ type, packed: isPacked, epilogue }),
    leftStarts.length * lines * panels,
    4 * rowLength * depth,
    {
      input: addressOf(left),
      weights,
      bias: plan.zeros(width * bytes),
      biasStep: 0,
      out: addressOf(out),
      zeros: plan.zeros(16),
      batches: plan.table(table),
      rows: lines,
      pixels: rows,
      rowLength,
      imageRows: lines,
      panels,
      columns,
      channels: depth,
      kernelHeight: 1,
      kernelWidth: 1,
      depthStep: (right.strides.at(-2) ?? 0) * bytes,
      panelStep: isPacked ? depth * width * bytes : width * bytes,
      height: lines,
      width: rowLength,
      strideY: 1,
      strideX: 1,
      padTop: 0,
      padLeft: 0,
      imageBytes: 0,
      rowBytes: rowLength * pixelBytes,
      pixelBytes,
      outImage: 0,
      outRow: rowLength * columns,
      outPixel: columns,
      ...words,
    },
  )
  return out
}

/** A view for lengths alone, of a matrix of weights that lies in another form. */
export const standIn = (dims: readonly number[], type: ExactType): View => ({
  type,
  dims,
  strides: denseStrides(dims, naturalOrder(dims.length)),
  offset: 0,
  home: { kind: 'weights', address: 0 },
})

/** An operand whose innermost elements are neighbours, as kernels read them. */
function neighbours(plan: PlanBuilder, view: View): View {
  const innermost = view.strides.at(-1)
  return innermost === 1 || view.dims.at(-1) === 1 ? view : plan.dense(view)
}
