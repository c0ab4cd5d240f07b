import { InvalidFormulaError } from '../errors.ts'
import { type Axes, along } from './computation.ts'

/** The order in which an entry's axes are stored, from the outermost to the innermost (specs/exact-inference.md, "Layout"). */
export const storedOrder = (rank: number): Axes =>
  rank === 4 ? [0, 2, 3, 1] : Array.from({ length: rank }, (_, i) => i)

/** Where the element at some coordinates lies, its axes being stored in an order. */
export const indexOf = (dims: Axes, at: Axes, order: Axes): number =>
  order.reduce((index, axis) => index * along(dims, axis) + along(at, axis), 0)

/** Coordinates of the element that lies at an index. */
export function coordinatesOf(dims: Axes, index: number, order: Axes): number[] {
  const at = dims.map(() => 0)
  let rest = index
  for (const axis of order.toReversed()) {
    at[axis] = rest % along(dims, axis)
    rest = Math.floor(rest / along(dims, axis))
  }
  if (rest !== 0 || dims.includes(0))
    throw new InvalidFormulaError(`there is no element ${index} of [${dims.join(', ')}]`)
  return at
}

/** The shape of tensors side by side, aligned at the last axis; a length of 1 is repeated (NumPy's rule). */
export function broadcastOf(...shapes: readonly Axes[]): number[] {
  return shapes.reduce<number[]>((a, b) => {
    const rank = Math.max(a.length, b.length)
    return Array.from({ length: rank }, (_, axis) => {
      const [p, q] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1]
      if (p !== q && p !== 1 && q !== 1)
        throw new InvalidFormulaError(`[${a.join(', ')}] and [${b.join(', ')}] do not broadcast`)
      return p === 1 ? q : p
    })
  }, [])
}

/** Coordinates in a tensor of `dims` of what stands at `at` of a tensor that it is broadcast to. */
export const within = (dims: Axes, at: Axes): number[] =>
  dims.map((length, axis) => (length === 1 ? 0 : along(at, axis - dims.length + at.length)))
