import { elementsOf } from '../../value.ts'
import type { Facts, StoredType } from '../facts.ts'
import { type Interval, union } from '../interval.ts'
import { DEFAULT_STORED, type Rule } from '../rule.ts'
import { broadcast } from './broadcast.ts'

/** The same elements in another shape. */
const moved = (x: Facts, dims: readonly number[], bounds: Interval = x, stored: StoredType = x.stored): Facts => ({
  ...{ type: x.type, dims, unit: bounds.unit, lo: bounds.lo, hi: bounds.hi, reach: bounds.reach, stored },
})

const identity: Rule = (node) => {
  const x = node.movable(0)
  return [moved(x, x.dims)]
}

const reshape: Rule = (node) => {
  const x = node.movable(0)
  if (node.int('allowzero', 0) !== 0) node.refuse('allowzero must be 0')
  const wanted = node.integers(1).map((dim, axis) => (dim === 0 ? (x.dims[axis] ?? 0) : dim))
  const rest = wanted.filter((dim) => dim !== -1)
  const missing = elementsOf(x.dims) / elementsOf(rest)
  const dims = wanted.map((dim) => (dim === -1 ? missing : dim))
  if (wanted.length - rest.length > 1 || dims.some((dim) => !Number.isInteger(dim) || dim < 0))
    node.refuse(`[${x.dims.join(', ')}] can't become [${wanted.join(', ')}]`)
  if (elementsOf(dims) !== elementsOf(x.dims))
    node.refuse(`[${x.dims.join(', ')}] does not have the elements of [${dims.join(', ')}]`)
  return [moved(x, dims)]
}

const transpose: Rule = (node) => {
  const x = node.movable(0)
  const order = node.ints('perm', [...x.dims.keys()].reverse())
  if ([...order].sort((a, b) => a - b).join() !== [...x.dims.keys()].join()) node.refuse(`perm [${order.join(', ')}]`)
  const dims = order.map((axis) => x.dims[axis] ?? 0)
  return [moved(x, dims)]
}

const concat: Rule = (node) => {
  const parts = node.inputs
  const [first] = parts
  if (!first) return node.refuse('joins nothing')
  parts.forEach((_, i) => void node.movable(i))
  const axis = node.axis(node.int('axis', Number.NaN), first.dims.length)
  const others = (dims: readonly number[]) => dims.map((dim, i) => (i === axis ? '' : dim)).join()
  if (parts.some((part) => part.type !== first.type || others(part.dims) !== others(first.dims)))
    node.refuse('its parts differ in type or shape')
  const length = parts.reduce((sum, part) => sum + (part.dims[axis] ?? 0), 0)
  const bounds = parts.reduce<Interval>(union, first)
  const dims = first.dims.map((dim, i) => (i === axis ? length : dim))
  return [moved(first, dims, bounds, DEFAULT_STORED[first.type])]
}

const slice: Rule = (node) => {
  const x = node.movable(0)
  const [starts, ends] = [node.integers(1), node.integers(2)]
  const axes = node.optional(3) ? node.integers(3) : [...starts.keys()]
  const steps = node.optional(4) ? node.integers(4) : starts.map(() => 1)
  const dims = [...x.dims]
  axes.forEach((given, i) => {
    const axis = node.axis(given, dims.length)
    const length = x.dims[axis] ?? 0
    const step = steps[i] ?? 0
    if (!Number.isInteger(step) || step < 1) node.refuse(`step ${step}`)
    const within = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, 0), length)
    dims[axis] = Math.max(Math.ceil((within(ends[i] ?? 0) - within(starts[i] ?? 0)) / step), 0)
  })
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length)
    node.refuse('starts, ends, axes and steps differ in number')
  if (new Set(axes.map((axis) => node.axis(axis, dims.length))).size !== axes.length)
    node.refuse('an axis stands twice')
  return [moved(x, dims)]
}

const split: Rule = (node) => {
  const x = node.movable(0)
  const axis = node.axis(node.int('axis', 0), x.dims.length)
  const length = x.dims[axis] ?? 0
  const count = node.node.outputs.length
  const sizes = node.optional(1) ? node.integers(1) : evenly(length, node.int('num_outputs', count))
  if (sizes.length !== count || sizes.some((size) => size < 0) || sizes.reduce((a, b) => a + b, 0) !== length)
    node.refuse(`${length} can't be split into [${sizes.join(', ')}]`)
  return sizes.map((size) =>
    moved(
      x,
      x.dims.map((dim, i) => (i === axis ? size : dim)),
    ),
  )
}

/** Equal parts, the last one smaller where the length does not divide (ONNX, operator set 18). */
function evenly(length: number, count: number): number[] {
  const size = Math.ceil(length / count)
  return Array.from({ length: count }, (_, i) => Math.min(size, Math.max(length - i * size, 0)))
}

const squeeze: Rule = (node) => {
  const x = node.movable(0)
  const axes = node.optional(1)
    ? node.integers(1).map((axis) => node.axis(axis, x.dims.length))
    : x.dims.flatMap((dim, axis) => (dim === 1 ? [axis] : []))
  if (axes.some((axis) => x.dims[axis] !== 1)) node.refuse(`axes [${axes.join(', ')}] of [${x.dims.join(', ')}]`)
  return [
    moved(
      x,
      x.dims.filter((_, axis) => !axes.includes(axis)),
    ),
  ]
}

const unsqueeze: Rule = (node) => {
  const x = node.movable(0)
  const given = node.integers(1)
  const rank = x.dims.length + given.length
  const axes = new Set(given.map((axis) => node.axis(axis, rank)))
  if (axes.size !== given.length) node.refuse('an axis stands twice')
  const rest = [...x.dims]
  return [
    moved(
      x,
      Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (rest.shift() ?? 1))),
    ),
  ]
}

const expand: Rule = (node) => {
  const x = node.movable(0)
  return [moved(x, broadcast(node, x.dims, node.integers(1)))]
}

const pad: Rule = (node) => {
  const x = node.movable(0)
  if (node.text('mode', 'constant') !== 'constant') node.refuse('mode must be constant')
  if (node.optional(2) && node.scalar(2) !== 0) node.refuse('the padding must be 0')
  if (node.optional(3)) node.refuse('axes are not part of the profile')
  const pads = node.integers(1)
  const rank = x.dims.length
  if (pads.length !== 2 * rank || pads.some((p) => p < 0)) node.refuse(`pads [${pads.join(', ')}]`)
  const dims = x.dims.map((dim, axis) => dim + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0))
  return [moved(x, dims, union(x, { unit: 0, lo: 0, hi: 0 }), DEFAULT_STORED[x.type])]
}

const gather: Rule = (node) => {
  const [data, indices] = [node.movable(0), node.carried(1)]
  node.types(indices, 'i32', 'i64')
  const axis = node.axis(node.int('axis', 0), data.dims.length)
  const length = data.dims[axis] ?? 0
  if (indices.lo < 0 || indices.hi >= length)
    node.refuse(`indices ${indices.lo} to ${indices.hi} into ${length} elements`)
  return [moved(data, [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)])]
}

const resize: Rule = (node) => {
  const x = node.movable(0)
  node.types(x, 'f32')
  const asked = [
    ['mode', 'nearest', 'nearest'],
    ['coordinate_transformation_mode', 'half_pixel', 'asymmetric'],
    ['nearest_mode', 'round_prefer_floor', 'floor'],
  ] as const
  for (const [name, otherwise, needed] of asked)
    if (node.text(name, otherwise) !== needed) node.refuse(`${name} must be ${needed}`)
  if (node.optional(3)) node.refuse('sizes are not part of the profile: give scales')
  const scales = node.known(2)
  const factors = Array.from(scales.data as ArrayLike<number>, Number)
  const [n, c, sy = 0, sx = 0] = factors
  const whole = [sy, sx].every((factor) => Number.isInteger(factor) && factor >= 1)
  if (x.dims.length !== 4 || factors.length !== 4 || n !== 1 || c !== 1 || !whole)
    node.refuse(`scales [${factors.join(', ')}]; needs 1, 1 and two whole numbers`)
  const [batch = 0, channels = 0, height = 0, width = 0] = x.dims
  return [moved(x, [batch, channels, height * sy, width * sx])]
}

export const MOVES: Readonly<Record<string, Rule>> = {
  Identity: identity,
  Reshape: reshape,
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Pad: pad,
  Gather: gather,
  Resize: resize,
}
