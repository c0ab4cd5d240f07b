import type { OnnxNode } from '../../../onnx/model.ts'
import { type ExactType, elementsOf, type Value } from '../../value.ts'
import { attribute, requireAttribute } from '../attributes.ts'
import {
  axisOf,
  fromIntegers,
  fromNumbers,
  type Inputs,
  inputAt,
  integersOf,
  larger,
  numbersOf,
  requireType,
  smaller,
} from '../elements.ts'
import { Refusal } from '../errors.ts'
import { indicesOf, stridesOf } from '../indices.ts'
import type { Operator } from '../operator.ts'

type Slices = {
  /** Where the first of each set of reduced elements lies. */
  readonly bases: Int32Array
  /** Where the others lie, counted from the first. */
  readonly offsets: Int32Array
  readonly dims: number[]
}

function slicesOf(value: Value, axes: readonly number[], keep: boolean): Slices {
  const strides = stridesOf(value.dims)
  const reduced = value.dims.map((_, axis) => axes.includes(axis))
  const indicesWhere = (wanted: boolean) => {
    const kept = value.dims.map((_, axis) => axis).filter((axis) => reduced[axis] === wanted)
    return indicesOf(
      kept.map((axis) => value.dims[axis] as number),
      kept.map((axis) => strides[axis] as number),
    )
  }
  const dims = value.dims.flatMap((length, axis) => (reduced[axis] ? (keep ? [1] : []) : [length]))
  return { bases: indicesWhere(false), offsets: indicesWhere(true), dims }
}

function reducedSlices(node: OnnxNode, inputs: Inputs): Slices {
  const value = inputAt(inputs, 0)
  requireAttribute(node, 'noop_with_empty_axes', 0)
  const stated = inputs[1] === undefined ? [] : integersOf(inputs[1])
  const axes = stated.length > 0 ? stated.map((axis) => axisOf(axis, value.dims.length)) : value.dims.map((_, i) => i)
  if (new Set(axes).size !== axes.length) throw new Refusal('an axis is named twice')
  return slicesOf(value, axes, (attribute(node, 'keepdims', 'int') ?? 1) === 1)
}

function reduce(
  types: readonly ExactType[],
  numbers: (a: number, b: number) => number,
  integers: (a: bigint, b: bigint) => bigint,
): Operator {
  return (node, inputs) => {
    const value = inputAt(inputs, 0)
    requireType(value, ...types)
    const { bases, offsets, dims } = reducedSlices(node, inputs)
    if (offsets.length === 0) throw new Refusal('there is nothing to reduce')
    if (value.type === 'i64') {
      const results = Array.from(bases, (base) => {
        let result = value.data[base] as bigint
        for (let k = 1; k < offsets.length; k++) {
          result = integers(result, value.data[base + (offsets[k] as number)] as bigint)
        }
        return result
      })
      return [fromIntegers(dims, results)]
    }
    const data = numbersOf(value)
    const results = new Float64Array(elementsOf(dims))
    for (let i = 0; i < results.length; i++) {
      const base = bases[i] as number
      let result = data[base] as number
      for (let k = 1; k < offsets.length; k++) result = numbers(result, data[base + (offsets[k] as number)] as number)
      results[i] = result
    }
    return [fromNumbers(value.type, dims, results)]
  }
}

export const reduceSum = reduce(
  ['f32', 'f64', 'i32', 'i64'],
  (a, b) => a + b,
  (a, b) => a + b,
)
export const reduceMax = reduce(['f32', 'i32', 'i64'], Math.max, larger)
export const reduceMin = reduce(['f32', 'i32', 'i64'], Math.min, smaller)

/** Where along an axis the greatest element is; the first of equals. */
export const argMax: Operator = (node, inputs) => {
  const value = inputAt(inputs, 0)
  requireType(value, 'f32', 'i32')
  requireAttribute(node, 'select_last_index', 0)
  const axis = axisOf(attribute(node, 'axis', 'int') ?? 0, value.dims.length)
  const { bases, offsets, dims } = slicesOf(value, [axis], (attribute(node, 'keepdims', 'int') ?? 1) === 1)
  if (offsets.length === 0) throw new Refusal('there is nothing to choose from')
  const data = numbersOf(value)
  const results = Array.from(bases, (base) => {
    let best = 0
    for (let k = 1; k < offsets.length; k++) {
      const [candidate, holder] = [data[base + (offsets[k] as number)], data[base + (offsets[best] as number)]]
      if ((candidate as number) > (holder as number)) best = k
    }
    return BigInt(best)
  })
  return [fromIntegers(dims, results)]
}
