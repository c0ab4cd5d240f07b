import { InvalidFormulaError } from '../../errors.ts'
import type { Expression } from '../../expression/schema.ts'
import {
  type Axes,
  along,
  type Computation,
  integerOf,
  integersOf,
  type Operator,
  type OperatorsOf,
  operand,
  whole,
} from '../computation.ts'
import { broadcastOf, coordinatesOf, indexOf, within } from '../places.ts'

type Moves =
  | 'reshape'
  | 'transpose'
  | 'concat'
  | 'slice'
  | 'split'
  | 'squeeze'
  | 'unsqueeze'
  | 'expand'
  | 'pad'
  | 'gather'
  | 'resize'

const rowMajor = (dims: Axes): Axes => dims.map((_, axis) => axis)
const product = (dims: Axes): number => dims.reduce((a, b) => a * b, 1)

/** An operator whose every element is one of its first operand's. */
const move = <E extends Expression>(
  shape: (x: Axes, node: E, of: Computation) => Axes,
  place: (at: Axes, x: Axes, node: E, of: Computation) => Axes,
): Operator<E> => ({
  shape: (node, of) => shape(of.shape(operand(node, 0)), node, of),
  value: (node, at, of) => of.value(operand(node, 0), place(at, of.shape(operand(node, 0)), node, of)),
})

function reshaped(x: Axes, node: Expression, of: Computation): number[] {
  const dims = integersOf(operand(node, 1), of).map((length, axis) => (length === 0 ? along(x, axis) : length))
  const open = dims.indexOf(-1)
  if (open >= 0) dims[open] = product(x) / -product(dims)
  if (product(dims) !== product(x) || dims.some((length) => length < 0))
    throw new InvalidFormulaError(`[${x.join(', ')}] can't become [${dims.join(', ')}]`)
  return dims
}

/** For each cut of a slice its axis, its step, and where it starts and ends. */
function cutsOf(x: Axes, node: Expression & { readonly op: 'slice' }, of: Computation) {
  const [starts, ends] = [integersOf(operand(node, 1), of), integersOf(operand(node, 2), of)]
  return node.cuts.map(({ axis, step }, i) => {
    const length = along(x, axis)
    const clamp = (place: number) => Math.min(Math.max(place < 0 ? place + length : place, 0), length)
    return { axis, step, start: clamp(along(starts, i)), end: clamp(along(ends, i)) }
  })
}

/** Where a part of a split starts, and its length. */
function partOf(x: Axes, node: Expression & { readonly op: 'split' }, of: Computation) {
  const { axis, parts, part, sized } = node
  const length = along(x, axis)
  const even = Math.ceil(length / parts)
  const sizes = sized
    ? integersOf(operand(node, 1), of)
    : Array.from({ length: parts }, (_, i) => Math.min(even, Math.max(length - i * even, 0)))
  return { start: sizes.slice(0, part).reduce((a, b) => a + b, 0), length: along(sizes, part) }
}

const padsOf = (node: Expression & { readonly op: 'pad' }, of: Computation) => {
  const lengths = integersOf(operand(node, 1), of)
  return node.axes.map((axis, i) => ({ axis, before: along(lengths, i), after: along(lengths, i + node.axes.length) }))
}

export const MOVES: OperatorsOf<Moves> = {
  reshape: move(reshaped, (at, x, node, of) =>
    coordinatesOf(x, indexOf(of.shape(node), at, rowMajor(at)), rowMajor(x)),
  ),
  transpose: move(
    (x, { axes }) => axes.map((axis) => along(x, axis)),
    (at, x, { axes }) => x.map((_, axis) => along(at, axes.indexOf(axis))),
  ),
  concat: {
    shape({ axis, args }, of) {
      const [first = [], ...others] = args.map(of.shape)
      const length = others.reduce((sum, dims) => sum + along(dims, axis), along(first, axis))
      return first.with(axis, length)
    },
    value({ axis, args }, at, of) {
      let place = along(at, axis)
      for (const part of args) {
        const length = along(of.shape(part), axis)
        if (place < length) return of.value(part, at.with(axis, place))
        place -= length
      }
      throw new InvalidFormulaError(`there is nothing at ${along(at, axis)} of what is joined`)
    },
  },
  slice: move(
    (x, node, of) =>
      cutsOf(x, node, of).reduce<Axes>(
        (dims, { axis, step, start, end }) => dims.with(axis, Math.max(0, Math.ceil((end - start) / step))),
        x,
      ),
    (at, x, node, of) =>
      cutsOf(x, node, of).reduce<Axes>(
        (place, { axis, step, start }) => place.with(axis, start + along(at, axis) * step),
        at,
      ),
  ),
  split: move(
    (x, node, of) => x.with(node.axis, partOf(x, node, of).length),
    (at, x, node, of) => at.with(node.axis, along(at, node.axis) + partOf(x, node, of).start),
  ),
  squeeze: move(
    (x, { axes }) => x.filter((_, axis) => !axes.includes(axis)),
    (at, x, { axes }) => inserted(at, x.length, axes),
  ),
  unsqueeze: move(
    (x, { axes }) => inserted(x, x.length + axes.length, axes, 1),
    (at, _, { axes }) => at.filter((_, axis) => !axes.includes(axis)),
  ),
  expand: move(
    (x, node, of) => broadcastOf(x, integersOf(operand(node, 1), of)),
    (at, x) => within(x, at),
  ),
  pad: {
    shape(node, of) {
      const x = of.shape(operand(node, 0))
      return padsOf(node, of).reduce<Axes>(
        (dims, { axis, before, after }) => dims.with(axis, along(dims, axis) + before + after),
        x,
      )
    },
    value(node, at, of) {
      const x = operand(node, 0)
      const place = padsOf(node, of).reduce<Axes>(
        (own, { axis, before }) => own.with(axis, along(own, axis) - before),
        at,
      )
      const isInside = of.shape(x).every((length, axis) => along(place, axis) >= 0 && along(place, axis) < length)
      return isInside ? of.value(x, place) : whole(0)
    },
  },
  gather: {
    shape(node, of) {
      const [x, indices] = [of.shape(operand(node, 0)), of.shape(operand(node, 1))]
      return [...x.slice(0, node.axis), ...indices, ...x.slice(node.axis + 1)]
    },
    value(node, at, of) {
      const end = node.axis + of.shape(operand(node, 1)).length
      const index = Number(integerOf(of.value(operand(node, 1), at.slice(node.axis, end))))
      const length = along(of.shape(operand(node, 0)), node.axis)
      if (index < 0 || index >= length) throw new InvalidFormulaError(`the index ${index} into ${length} elements`)
      return of.value(operand(node, 0), [...at.slice(0, node.axis), index, ...at.slice(end)])
    },
  },
  resize: move(
    (x, { factors: [down = 1, right = 1] }) => x.with(2, along(x, 2) * down).with(3, along(x, 3) * right),
    (at, _, { factors: [down = 1, right = 1] }) =>
      at.with(2, Math.floor(along(at, 2) / down)).with(3, Math.floor(along(at, 3) / right)),
  ),
}

/** `list` with something put at each of `axes` of the result. */
function inserted(list: Axes, rank: number, axes: Axes, something = 0): number[] {
  const rest = list.values()
  return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? something : (rest.next().value ?? 0)))
}
