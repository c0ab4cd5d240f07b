import { type ExactType, elementsOf } from '../../value.ts'
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

/** A view for lengths alone, of a matrix of weights that lies in another form. */
export const standIn = (dims: readonly number[], type: ExactType): View => ({
  type,
  dims,
  strides: denseStrides(dims, naturalOrder(dims.length)),
  offset: 0,
  home: { kind: 'weights', address: 0 },
})
