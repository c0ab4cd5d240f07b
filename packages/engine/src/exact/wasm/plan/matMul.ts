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
  const second = isPacked ? standIn(constant.dims, type) : neighbours(plan, plan.view(rightName))
  const product = productOf(neighbours(plan, first), second)
  const { left, right, rows, depth, columns, batchDims } = product
  const { dims } = plan.facts(node.outputs[0] ?? '')
  const order = naturalOrder(dims.length)
  // A right operand of rank 1 leaves no axis of columns.
  const channelAxis = second.dims.length > 1 ? dims.length - 1 : undefined
  const { epilogue, words } = planEpilogue(plan, chain, { type, dims, order, channelAxis })
  const out = plan.allocate(epilogue.type, dims, order)
  const weights = isPacked ? packed(plan, rightName, product) : addressOf(right)
  const bytes = ELEMENT_BYTES[type]
  const [leftStarts, rightStarts] = [batchOffsets(left, batchDims), batchOffsets(right, batchDims)]
  const batches = leftStarts.flatMap((start, batch) => [
    start * bytes,
    isPacked ? 0 : (rightStarts[batch] ?? 0) * bytes,
    batch * rows * columns,
  ])
  const shape = matrixWords({ product, bytes, width: panelWidth(type), isPacked })
  const units = leftStarts.length * shape.rows * shape.panels
  plan.emit(denseKernel({ type, packed: isPacked, epilogue }), units, 4 * shape.rowLength * depth, {
    input: addressOf(left),
    weights,
    bias: plan.zeros(panelWidth(type) * bytes),
    biasStep: 0,
    out: addressOf(out),
    zeros: plan.zeros(16),
    batches: plan.table(batches),
    ...shape,
    ...words,
  })
  return out
}

function packed(plan: PlanBuilder, name: string, { columns, depth }: Product): Word {
  const constant = plan.constant(name)
  if (constant?.type !== 'f32' && constant?.type !== 'f64') throw new TypeError('MatMul multiplies floats')
  const { data } = constant
  const pack = () =>
    panelWeights({ data, columns, channels: depth, groups: 1, taps: [0], columnStride: 1, channelStride: columns })
  return { home: plan.place(name, 'panels', pack), bytes: 0 }
}

type Matrix = { readonly product: Product; readonly bytes: number; readonly width: number; readonly isPacked: boolean }

/** A product of matrices as a convolution with a 1 × 1 kernel, its rows as pixels of an image. */
function matrixWords({ product: { left, right, rows, depth, columns }, bytes, width, isPacked }: Matrix) {
  const rowLength = Math.max(1, Math.min(rows, FLAT_ROW))
  const lines = Math.ceil(rows / rowLength)
  const pixelBytes = (left.strides.at(-2) ?? 0) * bytes
  return {
    rows: lines,
    pixels: rows,
    rowLength,
    imageRows: lines,
    panels: Math.ceil(columns / width),
    columns,
    channels: depth,
    kernelHeight: 1,
    kernelWidth: 1,
    depthStep: (right.strides.at(-2) ?? 0) * bytes,
    panelStep: (isPacked ? depth : 1) * width * bytes,
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
  }
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
