import type { OnnxNode } from '../../../onnx/model.ts'
import { elementsOf } from '../../value.ts'
import {
  INTEGER_PANEL,
  matMulIntegerKernel,
  packIntegerKernel,
  pairsOf,
  widenKernel,
} from '../kernels/matMulInteger.ts'
import type { Chain } from './chain.ts'
import { planEpilogue } from './epilogue.ts'
import { batchOffsets, productOf, standIn } from './matMul.ts'
import { addressOf, type PlanBuilder, type Word } from './planBuilder.ts'
import { naturalOrder, type View } from './view.ts'

/** Plans `MatMulInteger`: the left operand to 16 bits, the right one to panels (once, if it is constant), then the sums of products. */
export function planMatMulInteger(plan: PlanBuilder, node: OnnxNode, chain: Chain): View {
  const [, rightName = '', leftZero, rightZero] = node.inputs
  const constant = plan.constant(rightName)
  // What is packed once need not lie in memory as it is in the file.
  const rightView = constant?.dims.length === 2 ? standIn(constant.dims, 'u8') : plan.dense(plan.view(rightName))
  const product = productOf(plan.dense(plan.input(node, 0)), rightView)
  const { left, right, rows, depth, columns, batchDims } = product
  const pairs = pairsOf(depth)
  const panels = Math.ceil(columns / INTEGER_PANEL)
  const matrixBytes = panels * pairs * 2 * INTEGER_PANEL
  const rightCount = elementsOf(
    right.strides.slice(0, -2).map((stride, axis) => (stride === 0 ? 1 : (batchDims[axis] ?? 1))),
  )
  const leftRows =
    elementsOf(left.strides.slice(0, -2).map((stride, axis) => (stride === 0 ? 1 : (batchDims[axis] ?? 1)))) * rows

  const widened = plan.allocate('i32', [leftRows, pairs], [0, 1])
  const sums = plan.allocate('i32', [leftRows], [0])
  plan.emit(widenKernel, leftRows, depth, {
    input: addressOf(left),
    rowBytes: depth,
    length: depth,
    zeroPoint: plan.numbers(leftZero)?.[0] ?? 0,
    out: addressOf(widened),
    outRowBytes: pairs * 4,
    sums: addressOf(sums),
  })
  const weights = planWeights(plan, rightName, right, { rightCount, depth, columns, pairs, matrixBytes })
  const dims = plan.facts(node.outputs[0] ?? '').dims
  const order = naturalOrder(dims.length)
  const channelAxis = rightView.dims.length > 1 ? dims.length - 1 : undefined
  const { epilogue, words } = planEpilogue(plan, chain, { type: 'i32', dims, order, channelAxis })
  const out = plan.allocate(epilogue.type, dims, order)
  const leftStarts = batchOffsets(left, batchDims).map((start) => start / Math.max(depth, 1))
  const rightStarts = batchOffsets(right, batchDims).map(
    (start) => (start / Math.max(depth * columns, 1)) * matrixBytes,
  )
  const table = leftStarts.flatMap((start, batch) => [start, rightStarts[batch] ?? 0, batch * rows * columns])
  plan.emit(matMulIntegerKernel(epilogue), leftStarts.length * panels, rows * pairs * 8, {
    input: addressOf(widened),
    sums: addressOf(sums),
    weights,
    out: addressOf(out),
    batches: plan.table(table),
    panels,
    rows,
    columns,
    pairs,
    zeroPoint: plan.numbers(rightZero)?.[0] ?? 0,
    ...words,
  })
  return out
}

type Packing = {
  readonly rightCount: number
  readonly depth: number
  readonly columns: number
  readonly pairs: number
  readonly matrixBytes: number
}

function planWeights(plan: PlanBuilder, name: string, right: View, packing: Packing): Word {
  const { rightCount, depth, columns, pairs, matrixBytes } = packing
  const constant = plan.constant(name)
  if (constant?.type === 'u8' && constant.dims.length === 2) {
    return { home: plan.place(name, 'integer panels', () => packInteger(constant.data, packing)), bytes: 0 }
  }
  const packed = plan.allocate('u8', [rightCount, matrixBytes], [0, 1])
  plan.emit(packIntegerKernel, rightCount * pairs, columns / 4, {
    input: addressOf(right),
    length: depth,
    columns,
    pairs,
    out: addressOf(packed),
    panelBytes: pairs * 2 * INTEGER_PANEL,
    matrixBytes,
  })
  return addressOf(packed)
}

/** What `packIntegerKernel` does, for constants. */
function packInteger(data: Uint8Array, { depth, columns, pairs, matrixBytes }: Packing): Uint8Array {
  const packed = new Uint8Array(matrixBytes)
  for (let k = 0; k < depth; k++) {
    const row = (k >> 1) * 2 * INTEGER_PANEL + (k & 1)
    for (let first = 0; first < columns; first += INTEGER_PANEL) {
      let to = (first / INTEGER_PANEL) * pairs * 2 * INTEGER_PANEL + row
      const end = k * columns + Math.min(first + INTEGER_PANEL, columns)
      for (let from = k * columns + first; from < end; from++, to += 2) packed[to] = data[from] as number
    }
  }
  return packed
}
