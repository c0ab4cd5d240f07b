import { elementsOf } from '../../value.ts'
import { type ElementwiseLeaf, elementwiseKernel, strideWord } from '../kernels/elementwise.ts'
import { leafWord, lengthWord } from '../kernels/epilogue.ts'
import type { Chain } from './chain.ts'
import { addressOf, type PlanBuilder, type Word } from './planBuilder.ts'
import { broadcast, isDense, naturalOrder, type Order, orderOf, type View } from './view.ts'

/** Elements of a row that one unit does: enough to be worth a thread's while. */
const BLOCK = 4096

/** Plans a chain of elementwise operators whose result has the lengths `dims`. */
export function planElementwise(plan: PlanBuilder, { formula, leaves }: Chain, dims: readonly number[]): View {
  const order = orderFor(
    leaves.flatMap((leaf) => (leaf.kind === 'tensor' ? [leaf.view] : [])),
    dims,
  )
  const views = leaves.map((leaf): View | undefined => {
    if (leaf.kind !== 'tensor') return undefined
    return broadcast(alongInnermost(plan, leaf.view, dims, order), dims)
  })
  const axes = joinAxes(dims, order, views)
  const inner = axes.pop() ?? { length: 1, strides: views.map(() => 0) }
  const access = leaves.map((leaf, index): ElementwiseLeaf => {
    if (leaf.kind === 'self') throw new TypeError('a chain of its own has no producer')
    const { type } = leaf.view
    if (leaf.kind === 'table') return { type, access: 'table' }
    return { type, access: inner.strides[index] === 1 ? 'vector' : 'splat' }
  })
  const out = plan.allocate(formula.at(-1)?.type ?? 'f32', dims, order)
  const blocks = Math.ceil(inner.length / BLOCK)
  const words: Record<string, Word> = { out: addressOf(out), inner: inner.length, blocks, blockLength: BLOCK }
  for (const [dim, { length }] of axes.entries()) words[`dim${dim}`] = length
  for (const [index, leaf] of leaves.entries()) {
    const view = views[index]
    if (leaf.kind === 'table') {
      words[leafWord(index)] = addressOf(leaf.view)
      words[lengthWord(index)] = elementsOf(leaf.view.dims)
    } else if (view) {
      words[leafWord(index)] = addressOf(view)
      for (const [dim, { strides }] of axes.entries()) words[strideWord(index, dim)] = strides[index] ?? 0
    }
  }
  const rows = axes.reduce((product, { length }) => product * length, 1)
  plan.emit(
    elementwiseKernel({ formula, leaves: access, outer: axes.length }),
    rows * blocks,
    (formula.length * Math.min(inner.length, BLOCK)) / 2,
    words,
  )
  return out
}

/** The result lies in memory as the first operand of its shape does, so that most is read and written in one go. */
function orderFor(views: readonly View[], dims: readonly number[]): Order {
  for (const view of views) {
    const isWhole = view.dims.length === dims.length && view.dims.every((length, axis) => length === dims[axis])
    if (!isWhole) continue
    const order = orderOf(view)
    if (isDense(view, order)) return order
  }
  return naturalOrder(dims.length)
}

/** An operand whose elements are neighbours, or one and the same, along the innermost axis of the result. */
function alongInnermost(plan: PlanBuilder, view: View, dims: readonly number[], order: Order): View {
  const innermost = [...order].reverse().find((axis) => dims[axis] !== 1)
  if (innermost === undefined) return view
  const stride = broadcast(view, dims).strides[innermost] ?? 0
  if (stride === 0 || stride === 1) return view
  const missing = dims.length - view.dims.length
  return plan.dense(
    view,
    order.map((axis) => axis - missing).filter((axis) => axis >= 0),
  )
}

type Axis = { readonly length: number; readonly strides: readonly number[] }

/** Axes of the result from outermost to innermost, with those joined that are one to every operand. */
function joinAxes(dims: readonly number[], order: Order, views: readonly (View | undefined)[]): Axis[] {
  const joined: Axis[] = []
  for (const axis of order) {
    const length = dims[axis] ?? 1
    if (length === 1) continue
    const strides = views.map((view) => view?.strides[axis] ?? 0)
    const last = joined.at(-1)
    if (last?.strides.every((stride, leaf) => stride === (strides[leaf] ?? 0) * length)) {
      joined.splice(-1, 1, { length: last.length * length, strides })
    } else joined.push({ length, strides })
  }
  return joined
}
