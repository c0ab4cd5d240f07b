import type { OnnxNode } from '../../../onnx/model.ts'
import type { Facts } from '../../profile/index.ts'
import { denseKernel, panelWidth } from '../kernels/dense.ts'
import { ELEMENT_BYTES } from '../kernels/lanes.ts'
import type { Chain } from './chain.ts'
import { FLAT_ROW } from './conv.ts'
import { planEpilogue } from './epilogue.ts'
import { packIntegers, planIntegerProduct } from './integerProduct.ts'
import { panelWeights } from './packWeights.ts'
import { addressOf, type PlanBuilder, type Word } from './planBuilder.ts'
import { batchOffsets, type Product, productOf, standIn } from './product.ts'
import { naturalOrder, type View } from './view.ts'

/** Plans `MatMul`. A constant right operand of rank 2 is repacked, once; any other is read where it lies. */
export function planMatMul(plan: PlanBuilder, node: OnnxNode, chain: Chain): View {
  return planShortIntegers(plan, node, chain) ?? planFloats(plan, node, chain)
}

const SHORT = 2 ** 15 - 1
const areShort = ({ unit, lo, hi }: Facts): boolean => unit === 0 && lo >= -SHORT && hi <= SHORT

/**
 * Plans a product in f32 whose numbers are all integers of 16 bits as one of integers: an instruction multiplies eight of them, and four floats. The sums
 * are the same: in whatever order, all of them are integers up to 2^24. Undefined where the numbers are others, or the right operand is not constant.
 */
function planShortIntegers(plan: PlanBuilder, node: OnnxNode, chain: Chain): View | undefined {
  const [leftName = '', rightName = ''] = node.inputs
  const weights = plan.constant(rightName)
  if (weights?.type !== 'f32' || weights.dims.length !== 2) return undefined
  if (!areShort(plan.facts(leftName)) || !areShort(plan.facts(rightName))) return undefined
  const product = productOf(plan.dense(plan.input(node, 0)), standIn(weights.dims, 'f32'))
  const { depth, columns } = product
  const home = plan.place(rightName, 'i16 panels', () => packIntegers('i16', weights.data, depth, columns))
  return planIntegerProduct(plan, {
    ...{ node, chain, product, type: 'f32', leftZero: 0, rightZero: 0 },
    packed: { form: 'i16', address: { home, bytes: 0 }, matrixBytes: 0 },
  })
}

function planFloats(plan: PlanBuilder, node: OnnxNode, chain: Chain): View {
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

/** An operand whose innermost elements are neighbours, as kernels read them. */
function neighbours(plan: PlanBuilder, view: View): View {
  const innermost = view.strides.at(-1)
  return innermost === 1 || view.dims.at(-1) === 1 ? view : plan.dense(view)
}
