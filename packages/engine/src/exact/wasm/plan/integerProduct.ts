import type { OnnxNode } from '../../../onnx/model.ts'
import { elementsOf } from '../../value.ts'
import { INTEGER_PANEL, pairsOf, widenKernel } from '../kernels/integerOperands.ts'
import { integerProductKernel, pairBytes } from '../kernels/integerProduct.ts'
import { ELEMENT_BYTES } from '../kernels/lanes.ts'
import type { Chain } from './chain.ts'
import { planEpilogue } from './epilogue.ts'
import { addressOf, type PlanBuilder, type Word } from './planBuilder.ts'
import { batchOffsets, type Product } from './product.ts'
import { naturalOrder, type View } from './view.ts'

/** A right operand in panels, matrix after matrix. */
export type PackedMatrices = { readonly form: 'u8' | 'i16'; readonly address: Word; readonly matrixBytes: number }

export type IntegerProductPlan = {
  readonly node: OnnxNode
  readonly chain: Chain
  /** Its left operand is dense, and holds integers that fit 16 bits when `leftZero` is taken from them. */
  readonly product: Product
  readonly packed: PackedMatrices
  readonly leftZero: number
  readonly rightZero: number
  /** Type of the sums. */
  readonly type: 'i32' | 'f32'
}

/** Plans a product of matrices of integers: the left operand to 16 bits, then the sums of products. */
export function planIntegerProduct(plan: PlanBuilder, spec: IntegerProductPlan): View {
  const { product, packed, type } = spec
  const { left, right, rows, depth, columns, batchDims } = product
  const pairs = pairsOf(depth)
  const leftRows = matricesOf(left, batchDims) * rows
  const widened = plan.allocate('i32', [leftRows, pairs], [0, 1])
  const sums = plan.allocate('i32', [leftRows], [0])
  const leftType = left.type === 'u8' ? 'u8' : 'f32'
  plan.emit(widenKernel(leftType), leftRows, depth / 4, {
    input: addressOf(left),
    rowBytes: depth * ELEMENT_BYTES[leftType],
    length: depth,
    zeroPoint: spec.leftZero,
    out: addressOf(widened),
    outRowBytes: pairs * 4,
    sums: addressOf(sums),
  })
  const { dims } = plan.facts(spec.node.outputs[0] ?? '')
  const order = naturalOrder(dims.length)
  // A right operand of rank 1 leaves no axis of columns.
  const channelAxis = plan.facts(spec.node.inputs[1] ?? '').dims.length > 1 ? dims.length - 1 : undefined
  const { epilogue, words } = planEpilogue(plan, spec.chain, { type, dims, order, channelAxis })
  const out = plan.allocate(epilogue.type, dims, order)
  const leftStarts = batchOffsets(left, batchDims).map((start) => start / Math.max(depth, 1))
  const rightStarts = batchOffsets(right, batchDims).map(
    (start) => (start / Math.max(depth * columns, 1)) * packed.matrixBytes,
  )
  const table = leftStarts.flatMap((start, batch) => [start, rightStarts[batch] ?? 0, batch * rows * columns])
  const panels = Math.ceil(columns / INTEGER_PANEL)
  plan.emit(
    integerProductKernel({ weights: packed.form, type, epilogue }),
    leftStarts.length * panels,
    rows * pairs * 4,
    {
      input: addressOf(widened),
      sums: addressOf(sums),
      weights: packed.address,
      out: addressOf(out),
      batches: plan.table(table),
      panels,
      rows,
      columns,
      pairs,
      zeroPoint: spec.rightZero,
      ...words,
    },
  )
  return out
}

/** Matrices that an operand has in memory: those of its batches that are not the same ones again. */
export const matricesOf = ({ strides }: View, batchDims: readonly number[]): number =>
  elementsOf(strides.slice(0, -2).map((stride, axis) => (stride === 0 ? 1 : (batchDims[axis] ?? 1))))

/** Bytes of a matrix in panels. An even number of them: `packIntegerKernel` writes two at a time. */
export const matrixBytes = (form: 'u8' | 'i16', depth: number, columns: number): number =>
  2 * Math.ceil(columns / (2 * INTEGER_PANEL)) * pairsOf(depth) * pairBytes(form)

/** A constant matrix [depth, columns] of integers in panels, [panel][pair][column][2]; with zeros where it has no rows or columns. */
export function packIntegers(form: 'u8' | 'i16', data: ArrayLike<number>, depth: number, columns: number): Uint8Array {
  const bytes = new Uint8Array(matrixBytes(form, depth, columns))
  const packed = form === 'u8' ? bytes : new Int16Array(bytes.buffer)
  const panel = pairsOf(depth) * 2 * INTEGER_PANEL
  for (let k = 0; k < depth; k++) {
    const row = (k >> 1) * 2 * INTEGER_PANEL + (k & 1)
    for (let first = 0; first < columns; first += INTEGER_PANEL) {
      let to = (first / INTEGER_PANEL) * panel + row
      const end = k * columns + Math.min(first + INTEGER_PANEL, columns)
      for (let from = k * columns + first; from < end; from++, to += 2) packed[to] = data[from] as number
    }
  }
  return bytes
}
