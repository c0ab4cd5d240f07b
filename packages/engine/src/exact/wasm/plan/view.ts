import type { ExactType } from '../../value.ts'

/** Bytes of the arena that hold a tensor from the step that makes it to the last that reads it. */
export type Buffer = { readonly bytes: number; first: number; last: number; offset: number }

/** Where a tensor's elements are: in the arena, in the plan's own image, or among the weights. */
export type Home =
  | { readonly kind: 'buffer'; readonly buffer: Buffer }
  | { readonly kind: 'image'; readonly offset: number }
  | { readonly kind: 'weights'; readonly address: number }

/** A tensor as it lies in memory: element [i, j, …] is at `offset + i · strides[0] + j · strides[1] …`, in elements. */
export type View = {
  readonly type: ExactType
  readonly dims: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
  readonly home: Home
}

/** Axes from the outermost in memory to the innermost. */
export type Order = readonly number[]

/** The order of a tensor's own axes. */
export const naturalOrder = (rank: number): Order => Array.from({ length: rank }, (_, axis) => axis)
/** Images with their channels last, N H W C. */
export const CHANNELS_LAST: Order = [0, 2, 3, 1]

/** Strides of a tensor without gaps whose axes lie in `order`. */
export function denseStrides(dims: readonly number[], order: Order): number[] {
  const strides = new Array<number>(dims.length).fill(1)
  let stride = 1
  for (const axis of [...order].reverse()) {
    strides[axis] = stride
    stride *= dims[axis] ?? 1
  }
  return strides
}

export function isDense({ dims, strides }: View, order: Order): boolean {
  const dense = denseStrides(dims, order)
  return dims.every((length, axis) => length === 1 || strides[axis] === dense[axis])
}

/** The order in which a view's axes lie in memory. Axes of length 1 lie anywhere, and keep their place. */
export function orderOf({ dims, strides }: View): Order {
  const order = naturalOrder(dims.length)
  const long = order.filter((axis) => dims[axis] !== 1)
  const sorted = [...long].sort((a, b) => (strides[b] ?? 0) - (strides[a] ?? 0))
  return order.map((axis) => (dims[axis] === 1 ? axis : (sorted.shift() ?? axis)))
}

/** Strides of a view seen with the broadcast lengths `dims`: 0 along axes that it does not have or has once. */
function broadcastStrides(view: View, dims: readonly number[]): number[] {
  const missing = dims.length - view.dims.length
  return dims.map((_, axis) => {
    const own = axis - missing
    return own < 0 || view.dims[own] === 1 ? 0 : (view.strides[own] ?? 0)
  })
}

export const broadcast = (view: View, dims: readonly number[]): View => ({
  ...view,
  dims,
  strides: broadcastStrides(view, dims),
})

export const transpose = (view: View, axes: Order): View => ({
  ...view,
  dims: axes.map((axis) => view.dims[axis] ?? 1),
  strides: axes.map((axis) => view.strides[axis] ?? 0),
})

/** `count` elements of an axis from `start` on, `step` apart. */
export function slice(view: View, axis: number, start: number, count: number, step = 1): View {
  const stride = view.strides[axis] ?? 0
  return {
    ...view,
    offset: view.offset + start * stride,
    dims: view.dims.with(axis, count),
    strides: view.strides.with(axis, stride * step),
  }
}

/** The view with other lengths and the same elements in the same order; undefined where no strides say that. */
export function reshape(view: View, dims: readonly number[]): View | undefined {
  if (dims.includes(0)) return { ...view, dims, strides: dims.map(() => 0) }
  const old = mergeAxes(view)
  const strides = new Array<number>(dims.length).fill(0)
  // From the innermost axis outwards, new axes split up what is left of an old one.
  let at = old.length - 1
  let left = old[at]?.length ?? 1
  let stride = old[at]?.stride ?? 1
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const length = dims[axis] ?? 1
    if (length === 1) continue
    if (left === 1) {
      at--
      left = old[at]?.length ?? 1
      stride = old[at]?.stride ?? 1
    }
    if (left % length !== 0) return undefined
    strides[axis] = stride
    stride *= length
    left /= length
  }
  return { ...view, dims, strides }
}

type Axis = { readonly length: number; readonly stride: number }

/** Axes longer than 1, with neighbours that lie in memory as one joined. */
function mergeAxes({ dims, strides }: View): Axis[] {
  const merged: Axis[] = []
  for (const [axis, length] of dims.entries()) {
    if (length === 1) continue
    const stride = strides[axis] ?? 0
    const last = merged.at(-1)
    if (last && last.stride === stride * length) merged.splice(-1, 1, { length: last.length * length, stride })
    else merged.push({ length, stride })
  }
  return merged
}
