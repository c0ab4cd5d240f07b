import { elementsOf, type Value } from '../value.ts'
import { emptyArray, makeValue } from './elements.ts'
import { Refusal } from './errors.ts'

/** How far apart in a row-major array two neighbours along each axis are. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length)
  let stride = 1
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= dims[axis] as number
  }
  return strides
}

/**
 * For every element of a tensor of `dims`, in row-major order, offset + Σ coordinate · step: where it lies in another array. A step may be
 * 0, which repeats what lies there.
 */
export function indicesOf(dims: readonly number[], steps: readonly number[], offset = 0): Int32Array {
  const indices = new Int32Array(elementsOf(dims))
  const [inner, innerStep] = [dims.at(-1) ?? 1, steps.at(-1) ?? 0]
  const coordinates = new Array<number>(dims.length).fill(0)
  for (let i = 0, row = offset; i < indices.length; ) {
    for (let k = 0; k < inner; k++) indices[i++] = row + k * innerStep
    for (let axis = dims.length - 2; axis >= 0; axis--) {
      const [coordinate, length, step] = [coordinates[axis] as number, dims[axis] as number, steps[axis] as number]
      if (coordinate + 1 < length) {
        coordinates[axis] = coordinate + 1
        row += step
        break
      }
      coordinates[axis] = 0
      row -= coordinate * step
    }
  }
  return indices
}

/** The elements at the given places, as a tensor of `dims`. */
export function pick(value: Value, dims: readonly number[], indices: Int32Array): Value {
  if (value.type === 'i64') {
    const picked = new BigInt64Array(indices.length)
    for (let i = 0; i < picked.length; i++) picked[i] = value.data[indices[i] as number] as bigint
    return makeValue(value.type, dims, picked)
  }
  const data = emptyArray(value.type, indices.length)
  for (let i = 0; i < data.length; i++) data[i] = value.data[indices[i] as number] as number
  return makeValue(value.type, dims, data)
}

/** The dimensions to which two are broadcast by NumPy's rule: aligned at the last axis, a length of 1 is repeated. */
export function broadcastDims(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const [x, y] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1]
    if (x !== y && x !== 1 && y !== 1) throw new Refusal(`${a.join('×')} and ${b.join('×')} do not broadcast`)
    return x === 1 ? y : x
  })
}

/** Where each element of the broadcast tensor lies in the array of one of `dims`. */
export function broadcastIndices(dims: readonly number[], to: readonly number[]): Int32Array {
  const strides = stridesOf(dims)
  const steps = to.map((_, axis) => {
    const own = axis - to.length + dims.length
    return own < 0 || dims[own] === 1 ? 0 : (strides[own] as number)
  })
  return indicesOf(to, steps)
}
