import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { elementsOf } from '../../value.ts'
import { broadcast, denseStrides, isDense, type Order, orderOf, reshape, slice, transpose, type View } from './view.ts'

const viewOf = (dims: readonly number[], order: Order): View => ({
  type: 'f32',
  dims,
  strides: denseStrides(dims, order),
  offset: 0,
  home: { kind: 'weights', address: 0 },
})

/** Places in memory of a view's elements, in the order of its axes. */
function places({ dims, strides, offset }: View): number[] {
  return dims.reduce<number[]>(
    (list, length, axis) =>
      list.flatMap((place) => Array.from({ length }, (_, index) => place + index * (strides[axis] ?? 0))),
    [offset],
  )
}

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 })
const orders = shapes.chain((dims) =>
  fc.tuple(
    fc.constant(dims),
    fc.shuffledSubarray([...dims.keys()], { minLength: dims.length, maxLength: dims.length }),
  ),
)

describe('reshape', () => {
  test('keeps the elements and their order, or says that strides cannot', () => {
    fc.assert(
      fc.property(orders, shapes, ([dims, order], wanted) => {
        const view = viewOf(dims, order)
        const rest = elementsOf(dims) / elementsOf(wanted)
        fc.pre(Number.isInteger(rest))
        const reshaped = reshape(view, [...wanted, rest])
        if (reshaped) expect(places(reshaped)).toEqual(places(view))
        else expect(isDense(view, [...dims.keys()])).toBe(false)
      }),
    )
  })

  test('joins the rows of an image whose channels come last', () => {
    const view = viewOf([1, 3, 4, 5], [0, 2, 3, 1])
    expect(reshape(view, [3, 20])).toMatchObject({ strides: [1, 3] })
    expect(reshape(view, [60])).toBeUndefined()
  })
})

test('finds the order in which axes lie', () => {
  fc.assert(
    fc.property(orders, ([dims, order]) => {
      const view = viewOf(dims, order)
      expect(isDense(view, orderOf(view))).toBe(true)
    }),
  )
})

test('slices, transposes and repeats without a copy', () => {
  const view = viewOf([2, 3], [0, 1])
  expect(places(slice(view, 1, 1, 2))).toEqual([1, 2, 4, 5])
  expect(places(slice(view, 1, 0, 2, 2))).toEqual([0, 2, 3, 5])
  expect(places(transpose(view, [1, 0]))).toEqual([0, 3, 1, 4, 2, 5])
  expect(places(broadcast(viewOf([2, 1], [0, 1]), [2, 2, 3]))).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1])
})
