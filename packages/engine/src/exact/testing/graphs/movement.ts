import { elementsOf } from '../../value.ts'
import { tensor } from '../values.ts'
import {
  type Builder,
  choose,
  constant,
  emit,
  emitMany,
  type Known,
  MOST_ELEMENTS,
  type Move,
  offer,
} from './builder.ts'

/** Axes that may change their length. */
const axesOf = (builder: Builder, { dims }: Known): number[] =>
  dims.map((_, axis) => axis).filter((axis) => axis > 0 || !builder.openBatch)

const integers = (builder: Builder, list: readonly number[]): string => constant(builder, tensor('i64', list))

const withAxes = (builder: Builder): { x: Known; axis: number; length: number } | undefined => {
  const x = choose(builder, (known) => axesOf(builder, known).length > 0 && !known.dims.includes(0))
  if (x === undefined) return undefined
  const axis = builder.random.pick(axesOf(builder, x))
  return { x, axis, length: x.dims[axis] as number }
}

/** Flattens all but the first axis, by a shape that is computed from the input's own. */
export const reshape: Move = (builder) => {
  const x = choose(builder, ({ dims }) => dims.length > 0 && !dims.includes(0))
  if (x === undefined) return false
  const [batch, ...others] = x.dims as [number, ...number[]]
  const dims = [batch, elementsOf(others)]
  if (builder.random.chance(0.5)) {
    return offer(builder, emit(builder, 'Reshape', [x.name, integers(builder, [0, -1])], { ...x, dims }))
  }
  const unknown = { type: 'i64', dims: [], lo: 0, hi: MOST_ELEMENTS } as const
  const shape = emit(builder, 'Shape', [x.name], unknown)
  const first = emit(builder, 'Slice', [shape.name, integers(builder, [0]), integers(builder, [1])], unknown)
  const whole = emit(builder, 'Concat', [first.name, integers(builder, [-1])], unknown, { axis: 0 })
  return offer(builder, emit(builder, 'Reshape', [x.name, whole.name], { ...x, dims }))
}

export const transpose: Move = (builder) => {
  const x = choose(builder)
  if (x === undefined) return false
  const free = axesOf(builder, x)
  const order = x.dims.map((_, axis) => axis)
  for (let i = free.length - 1; i > 0; i--) {
    const [p, q] = [free[i] as number, free[builder.random.int(0, i)] as number]
    ;[order[p], order[q]] = [order[q] as number, order[p] as number]
  }
  const dims = order.map((axis) => x.dims[axis] as number)
  return offer(builder, emit(builder, 'Transpose', [x.name], { ...x, dims }, { perm: order }))
}

export const concatenate: Move = (builder) => {
  const found = withAxes(builder)
  if (found === undefined || elementsOf(found.x.dims) * 2 > MOST_ELEMENTS) return false
  const { x, axis, length } = found
  const others = (known: Known) => known.dims.with(axis, 0).join()
  const isMate = (known: Known) => known.type === x.type && known.dims.length > axis && others(known) === others(x)
  const mate = choose(builder, isMate) ?? x
  const dims = x.dims.with(axis, length + (mate.dims[axis] as number))
  const known = { ...x, dims, lo: Math.min(x.lo, mate.lo), hi: Math.max(x.hi, mate.hi) }
  return offer(builder, emit(builder, 'Concat', [x.name, mate.name], known, { axis }))
}

export const slice: Move = (builder) => {
  const { random } = builder
  const found = withAxes(builder)
  if (found === undefined) return false
  const { x, axis, length } = found
  const start = random.int(0, length - 1)
  const end = random.int(start + 1, length)
  const step = random.int(1, 3)
  const dims = x.dims.with(axis, Math.ceil((end - start) / step))
  const inputs = [[random.chance(0.3) ? start - length : start], [end], [axis], [step]].map((list) =>
    integers(builder, list),
  )
  return offer(builder, emit(builder, 'Slice', [x.name, ...inputs], { ...x, dims }))
}

export const split: Move = (builder) => {
  const { random } = builder
  const found = withAxes(builder)
  if (found === undefined || found.length < 2) return false
  const { x, axis, length } = found
  const at = random.int(1, length - 1)
  const names = emitMany(builder, 'Split', [x.name, integers(builder, [at, length - at])], 2, { axis })
  const parts = names.map((name, i) => ({ ...x, name, dims: x.dims.with(axis, i === 0 ? at : length - at) }))
  for (const part of parts) offer(builder, part)
  return true
}

export const addAxis: Move = (builder) => {
  const x = choose(builder, ({ dims }) => dims.length < 5)
  if (x === undefined) return false
  const axis = builder.random.int(builder.openBatch ? 1 : 0, x.dims.length)
  if (builder.openBatch && axis === 0) return false
  const dims = x.dims.toSpliced(axis, 0, 1)
  return offer(builder, emit(builder, 'Unsqueeze', [x.name, integers(builder, [axis])], { ...x, dims }))
}

export const dropAxis: Move = (builder) => {
  const x = choose(builder, (known) => axesOf(builder, known).some((axis) => known.dims[axis] === 1))
  if (x === undefined) return false
  const axis = builder.random.pick(axesOf(builder, x).filter((own) => x.dims[own] === 1))
  const dims = x.dims.toSpliced(axis, 1)
  return offer(builder, emit(builder, 'Squeeze', [x.name, integers(builder, [axis])], { ...x, dims }))
}

export const expand: Move = (builder) => {
  const x = choose(builder, (known) => axesOf(builder, known).some((axis) => known.dims[axis] === 1))
  if (x === undefined) return false
  const axis = builder.random.pick(axesOf(builder, x).filter((own) => x.dims[own] === 1))
  const times = builder.random.int(2, 3)
  const dims = x.dims.with(axis, times)
  if (elementsOf(dims) > MOST_ELEMENTS) return false
  const to = integers(
    builder,
    x.dims.map((_, own) => (own === axis ? times : 1)),
  )
  return offer(builder, emit(builder, 'Expand', [x.name, to], { ...x, dims }))
}

export const pad: Move = (builder) => {
  const { random } = builder
  const x = choose(builder, (known) => axesOf(builder, known).length > 0 && known.type !== 'bool')
  if (x === undefined) return false
  const free = axesOf(builder, x)
  const some = () => x.dims.map((_, axis) => (free.includes(axis) ? random.int(0, 2) : 0))
  const [before, after] = [some(), some()]
  const dims = x.dims.map((length, axis) => length + (before[axis] as number) + (after[axis] as number))
  if (elementsOf(dims) > MOST_ELEMENTS) return false
  const inputs = [x.name, integers(builder, [...before, ...after])]
  if (random.chance(0.5)) inputs.push(constant(builder, tensor(x.type, [0], [])))
  const known = { ...x, dims, lo: Math.min(x.lo, 0), hi: Math.max(x.hi, 0) }
  return offer(builder, emit(builder, 'Pad', inputs, known, { mode: 'constant' }))
}

export const pass: Move = (builder) => {
  const x = choose(builder)
  return x !== undefined && offer(builder, emit(builder, 'Identity', [x.name], x))
}
