import { magnitude } from '../interval.ts'
import { DEFAULT_STORED, type NodeContext, type Rule } from '../rule.ts'

/** Shape after reducing `axes`, and how many elements make one. */
function reduced(node: NodeContext, dims: readonly number[], axes: readonly number[], keep: boolean) {
  const gone = new Set(axes.map((axis) => node.axis(axis, dims.length)))
  if (gone.size !== axes.length) node.refuse('an axis stands twice')
  const length = dims.reduce((product, dim, axis) => (gone.has(axis) ? product * dim : product), 1)
  if (length < 1) node.refuse('reduces nothing')
  return {
    length,
    dims: dims.flatMap((dim, axis) => (gone.has(axis) ? (keep ? [1] : []) : [dim])),
  }
}

function axesOf(node: NodeContext, rank: number): readonly number[] {
  if (node.int('noop_with_empty_axes', 0) !== 0) node.refuse('noop_with_empty_axes must be 0')
  const axes = node.optional(1) ? node.integers(1) : []
  return axes.length > 0 ? axes : [...Array(rank).keys()]
}

const reduceSum: Rule = (node) => {
  const x = node.carried(0)
  node.types(x, 'f32', 'f64', 'i32', 'i64')
  const { dims, length } = reduced(node, x.dims, axesOf(node, x.dims.length), node.int('keepdims', 1) === 1)
  const bounds = { unit: 0, lo: x.lo * length, hi: x.hi * length }
  return [node.uniform(x.type, dims, bounds, { peak: magnitude(x) * length })]
}

const reduceExtreme: Rule = (node) => {
  const x = node.carried(0)
  node.types(x, 'f32', 'i32', 'i64')
  node.ordered(x)
  const { dims } = reduced(node, x.dims, axesOf(node, x.dims.length), node.int('keepdims', 1) === 1)
  return [node.uniform(x.type, dims, x, { stored: x.stored })]
}

const argMax: Rule = (node) => {
  const x = node.carried(0)
  node.types(x, 'f32', 'i32')
  if (node.int('select_last_index', 0) !== 0) node.refuse('the first of equals must be chosen')
  const axis = node.axis(node.int('axis', 0), x.dims.length)
  const { dims, length } = reduced(node, x.dims, [axis], node.int('keepdims', 1) === 1)
  return [{ type: 'i64', dims, unit: 0, lo: 0, hi: length - 1, stored: DEFAULT_STORED.i64 }]
}

const maxPool: Rule = (node) => {
  const x = node.carried(0)
  node.types(x, 'f32')
  const [n = 0, channels = 0, height = 0, width = 0] = x.dims
  const kernel = node.ints('kernel_shape', [])
  const [kh = 0, kw = 0] = kernel
  const [strides, pads] = [node.ints('strides', [1, 1]), node.ints('pads', [0, 0, 0, 0])]
  const [sy = 0, sx = 0] = strides
  const [top = 0, left = 0, bottom = 0, right = 0] = pads
  if (strides.length !== 2 || pads.length !== 4) node.refuse('strides and pads must be of two axes')
  if (x.dims.length !== 4 || kernel.length !== 2 || Math.min(kh, kw, sy, sx) < 1) node.refuse('needs rank 4')
  if (node.text('auto_pad', 'NOTSET') !== 'NOTSET') node.refuse('auto_pad must be NOTSET')
  if (node.int('ceil_mode', 0) !== 0 || node.int('storage_order', 0) !== 0)
    node.refuse('ceil_mode and storage_order must be 0')
  if (node.ints('dilations', [1, 1]).join() !== '1,1') node.refuse('dilations must be 1')
  if (Math.min(top, left, bottom, right) < 0 || Math.max(top, bottom) >= kh || Math.max(left, right) >= kw)
    node.refuse('pads must be less than the kernel')
  if (node.node.outputs.length !== 1) node.refuse('indices are not part of the profile')
  const dims = [
    ...[n, channels],
    Math.floor((height + top + bottom - kh) / sy) + 1,
    Math.floor((width + left + right - kw) / sx) + 1,
  ]
  if (dims.some((dim) => dim < 1)) node.refuse(`[${x.dims.join(', ')}] is smaller than the kernel`)
  return [node.uniform('f32', dims, x, { stored: x.stored })]
}

export const REDUCTIONS: Readonly<Record<string, Rule>> = {
  ReduceSum: reduceSum,
  ReduceMax: reduceExtreme,
  ReduceMin: reduceExtreme,
  ArgMax: argMax,
  MaxPool: maxPool,
}
