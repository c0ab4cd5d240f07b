import { elementsOf, type Value } from '../../value.ts'
import { attribute, requireAttribute } from '../attributes.ts'
import { axisOf, emptyArray, inputAt, integersOf, makeValue, requireType, soleElement } from '../elements.ts'
import { Refusal } from '../errors.ts'
import { broadcastDims, broadcastIndices, indicesOf, pick, stridesOf } from '../indices.ts'
import type { Operator } from '../operator.ts'

const withDims = (value: Value, dims: readonly number[]): Value => makeValue(value.type, dims, value.data)

export const identity: Operator = (_, inputs) => [inputAt(inputs, 0)]

/** The same elements under other dimensions; 0 takes over the input's, −1 is what remains. */
export const reshape: Operator = (node, inputs) => {
  const value = inputAt(inputs, 0)
  requireAttribute(node, 'allowzero', 0)
  const dims = integersOf(inputAt(inputs, 1)).map((length, axis) => (length === 0 ? (value.dims[axis] ?? 0) : length))
  const open = dims.indexOf(-1)
  if (open >= 0) dims[open] = elementsOf(value.dims) / -elementsOf(dims)
  if (dims.some((length) => length < 0 || !Number.isInteger(length))) throw new Refusal('the shape does not fit')
  return [withDims(value, dims)]
}

export const transpose: Operator = (node, inputs) => {
  const value = inputAt(inputs, 0)
  const rank = value.dims.length
  const order = attribute(node, 'perm', 'ints') ?? value.dims.map((_, axis) => rank - 1 - axis)
  if (order.length !== rank || new Set(order.map((axis) => axisOf(axis, rank))).size !== rank) {
    throw new Refusal('perm is no order of the axes')
  }
  const strides = stridesOf(value.dims)
  const dims = order.map((axis) => value.dims[axis] as number)
  const steps = order.map((axis) => strides[axis] as number)
  return [pick(value, dims, indicesOf(dims, steps))]
}

/** Tensors one after the other along an axis. */
export const concat: Operator = (node, inputs) => {
  const parts = inputs.map((_, index) => inputAt(inputs, index))
  const first = inputAt(inputs, 0)
  const axis = axisOf(attribute(node, 'axis', 'int') ?? Number.NaN, first.dims.length)
  for (const part of parts) {
    requireType(part, first.type)
    if (
      part.dims.length !== first.dims.length ||
      part.dims.some((length, i) => i !== axis && length !== first.dims[i])
    ) {
      throw new Refusal('the lengths of the other axes differ')
    }
  }
  const total = parts.reduce((sum, part) => sum + (part.dims[axis] as number), 0)
  const dims = first.dims.with(axis, total)
  const out = empty(first, dims)
  const inner = elementsOf(dims.slice(axis + 1))
  let at = 0
  for (const part of parts) {
    const run = (part.dims[axis] as number) * inner
    for (let outer = 0; outer < elementsOf(dims.slice(0, axis)); outer++) {
      for (let i = 0; i < run; i++) out.data[outer * total * inner + at + i] = part.data[outer * run + i] as number
    }
    at += run
  }
  return [out]
}

const empty = (like: Value, dims: readonly number[]): Value => {
  const count = elementsOf(dims)
  return makeValue(like.type, dims, like.type === 'i64' ? new BigInt64Array(count) : emptyArray(like.type, count))
}

/** Part of a tensor: for each named axis where it starts, where it ends, and in what steps it goes. */
export const slice: Operator = (_, inputs) => {
  const value = inputAt(inputs, 0)
  const [starts, ends] = [integersOf(inputAt(inputs, 1)), integersOf(inputAt(inputs, 2))]
  const axes = inputs[3] === undefined ? starts.map((_, i) => i) : integersOf(inputs[3])
  const steps = inputs[4] === undefined ? starts.map(() => 1) : integersOf(inputs[4])
  if (new Set([starts, ends, axes, steps].map((list) => list.length)).size !== 1) {
    throw new Refusal('starts, ends, axes and steps are not equally many')
  }
  const [dims, jumps] = [[...value.dims], stridesOf(value.dims)]
  let offset = 0
  for (const [i, axis] of axes.map((named) => axisOf(named, value.dims.length)).entries()) {
    const [length, step] = [value.dims[axis] as number, steps[i] as number]
    if (step < 1) throw new Refusal(`the step ${step} is less than 1`)
    const place = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, 0), length)
    const [start, end] = [place(starts[i] as number), place(ends[i] as number)]
    dims[axis] = Math.max(0, Math.ceil((end - start) / step))
    offset += start * (jumps[axis] as number)
    jumps[axis] = (jumps[axis] as number) * step
  }
  return [pick(value, dims, indicesOf(dims, jumps, offset))]
}

/** Parts of stated lengths along an axis, or as many equal ones as stated, the last of which may be shorter. */
export const split: Operator = (node, inputs) => {
  const value = inputAt(inputs, 0)
  const axis = axisOf(attribute(node, 'axis', 'int') ?? 0, value.dims.length)
  const [total, strides] = [value.dims[axis] as number, stridesOf(value.dims)]
  const count = attribute(node, 'num_outputs', 'int') ?? node.outputs.length
  const equal = Math.ceil(total / count)
  const parts =
    inputs[1] === undefined
      ? Array.from({ length: count }, (_, i) => Math.min(equal, total - i * equal))
      : integersOf(inputs[1])
  if (parts.some((part) => part < 0) || parts.reduce((sum, part) => sum + part, 0) !== total) {
    throw new Refusal(`parts of ${parts.join(', ')} do not make up ${total}`)
  }
  if (parts.length !== node.outputs.length) throw new Refusal(`${parts.length} parts have ${node.outputs.length} names`)
  let start = 0
  return parts.map((part) => {
    const dims = value.dims.with(axis, part)
    const indices = indicesOf(dims, strides, start * (strides[axis] as number))
    start += part
    return pick(value, dims, indices)
  })
}

export const squeeze: Operator = (_, inputs) => {
  const value = inputAt(inputs, 0)
  const rank = value.dims.length
  const axes = inputs[1] === undefined ? undefined : integersOf(inputs[1]).map((axis) => axisOf(axis, rank))
  const dims = value.dims.filter((length, axis) => (axes === undefined ? length !== 1 : !axes.includes(axis)))
  return [withDims(value, dims)]
}

export const unsqueeze: Operator = (_, inputs) => {
  const value = inputAt(inputs, 0)
  const named = integersOf(inputAt(inputs, 1))
  const rank = value.dims.length + named.length
  const axes = new Set(named.map((axis) => axisOf(axis, rank)))
  if (axes.size !== named.length) throw new Refusal('an axis is named twice')
  const old = value.dims.values()
  const dims = Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (old.next().value ?? 1)))
  return [withDims(value, dims)]
}

export const expand: Operator = (_, inputs) => {
  const value = inputAt(inputs, 0)
  const dims = broadcastDims(value.dims, integersOf(inputAt(inputs, 1)))
  return [pick(value, dims, broadcastIndices(value.dims, dims))]
}

/** Zeros before and after, along each axis. */
export const pad: Operator = (node, inputs) => {
  const value = inputAt(inputs, 0)
  requireAttribute(node, 'mode', 'constant')
  if (inputs[2] !== undefined && Number(soleElement(inputs[2])) !== 0) throw new Refusal('padding is with 0')
  const rank = value.dims.length
  const axes = inputs[3] === undefined ? value.dims.map((_, i) => i) : integersOf(inputs[3])
  const pads = integersOf(inputAt(inputs, 1))
  if (pads.length !== 2 * axes.length || pads.some((length) => length < 0)) throw new Refusal('the pads do not fit')
  const [before, dims] = [value.dims.map(() => 0), [...value.dims]]
  for (const [i, axis] of axes.map((named) => axisOf(named, rank)).entries()) {
    before[axis] = pads[i] as number
    dims[axis] = (dims[axis] as number) + (pads[i] as number) + (pads[i + axes.length] as number)
  }
  const out = empty(value, dims)
  const strides = stridesOf(dims)
  const offset = before.reduce((sum, length, axis) => sum + length * (strides[axis] as number), 0)
  const places = indicesOf(value.dims, strides, offset)
  for (let i = 0; i < places.length; i++) out.data[places[i] as number] = value.data[i] as number
  return [out]
}

/** out[…, i…, …] = data[…, indices[i…], …] along an axis. */
export const gather: Operator = (node, inputs) => {
  const [value, chosen] = [inputAt(inputs, 0), inputAt(inputs, 1)]
  const axis = axisOf(attribute(node, 'axis', 'int') ?? 0, value.dims.length)
  const length = value.dims[axis] as number
  const places = integersOf(chosen)
  const wrong = places.find((place) => place < 0 || place >= length)
  if (wrong !== undefined) throw new Refusal(`the index ${wrong} is not within 0 to ${length - 1}`)
  const dims = [...value.dims.slice(0, axis), ...chosen.dims, ...value.dims.slice(axis + 1)]
  const [outer, inner] = [elementsOf(value.dims.slice(0, axis)), elementsOf(value.dims.slice(axis + 1))]
  const indices = new Int32Array(elementsOf(dims))
  let at = 0
  for (let before = 0; before < outer; before++) {
    for (const place of places) {
      const from = (before * length + place) * inner
      for (let i = 0; i < inner; i++) indices[at++] = from + i
    }
  }
  return [pick(value, dims, indices)]
}
