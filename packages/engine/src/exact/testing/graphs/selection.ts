import { type ExactType, elementsOf } from '../../value.ts'
import { tensor } from '../values.ts'
import { type Builder, choose, constant, emit, type Known, MOST_ELEMENTS, type Move, offer } from './builder.ts'
import { asRank4, asType } from './settle.ts'

/** A function of one number, looked up. */
export const lookUp: Move = (builder) => {
  const { random } = builder
  const chosen = choose(builder, ({ type }) => type !== 'bool')
  if (chosen === undefined) return false
  const type = random.pick(['i32', 'i64'] as const)
  const x = asType(builder, chosen, type, random.pick([255, 2047]))
  const least = constant(builder, tensor(type, [x.lo], []))
  const place = emit(builder, 'Sub', [x.name, least], { ...x, lo: 0, hi: x.hi - x.lo })
  const of = random.pick(['f32', 'f64', 'i32', 'i64', 'u8', 'i8'] as const)
  const most = { f32: 2 ** 24, f64: 2 ** 52, i32: 2 ** 31 - 1, i64: 2 ** 52, u8: 255, i8: 127 }[of]
  const reach = random.pick([Math.min(most, 127), most])
  const entries = Array.from({ length: x.hi - x.lo + 1 }, () => random.int(of === 'u8' ? 0 : -reach, reach))
  const [lo, hi] = [Math.min(...entries), Math.max(...entries)]
  const table = constant(builder, tensor(of, entries))
  return offer(builder, emit(builder, 'Gather', [table, place.name], { type: of, dims: x.dims, lo, hi }))
}

/** Rows or columns in another order. */
export const take: Move = (builder) => {
  const { random } = builder
  const chosen = choose(builder, ({ dims }) => dims.length > (builder.openBatch ? 1 : 0) && !dims.includes(0))
  if (chosen === undefined) return false
  const axis = random.int(builder.openBatch ? 1 : 0, chosen.dims.length - 1)
  const length = chosen.dims[axis] as number
  const count = random.int(1, 5)
  const places = Array.from({ length: count }, () => random.int(0, length - 1))
  const single = count === 1 && random.chance(0.5)
  const indices = constant(builder, tensor(random.pick(['i32', 'i64']), places, single ? [] : [count]))
  const dims = [...chosen.dims.slice(0, axis), ...(single ? [] : [count]), ...chosen.dims.slice(axis + 1)]
  return offer(builder, emit(builder, 'Gather', [chosen.name, indices], { ...chosen, dims }, { axis }))
}

const REDUCED: Readonly<Record<string, readonly ExactType[]>> = {
  ReduceSum: ['f32', 'f64', 'i32', 'i64'],
  ReduceMax: ['f32', 'i32', 'i64'],
  ReduceMin: ['f32', 'i32', 'i64'],
}

export const reduce: Move = (builder) => {
  const { random } = builder
  const first = builder.openBatch ? 1 : 0
  const chosen = choose(builder, ({ dims, type }) => dims.length > first && type !== 'bool' && !dims.includes(0))
  if (chosen === undefined) return false
  const axes = chosen.dims.map((_, axis) => axis).filter((axis) => axis >= first && random.chance(0.5))
  if (axes.length === 0) axes.push(chosen.dims.length - 1)
  const count = axes.reduce((product, axis) => product * (chosen.dims[axis] as number), 1)
  const op = random.pick(Object.keys(REDUCED))
  const type = random.pick(REDUCED[op] ?? [])
  const most = Math.floor((type === 'f32' ? 2 ** 24 : 2 ** 31 - 1) / (op === 'ReduceSum' ? count : 1))
  const x = asType(builder, chosen, type, most)
  const keep = random.chance(0.5)
  const dims = x.dims.flatMap((length, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [length]))
  const factor = op === 'ReduceSum' ? count : 1
  const listed = constant(
    builder,
    tensor(
      'i64',
      axes.map((axis) => (random.chance(0.3) ? axis - x.dims.length : axis)),
    ),
  )
  const known = { ...x, dims, lo: x.lo * factor, hi: x.hi * factor }
  return offer(builder, emit(builder, op, [x.name, listed], known, { keepdims: keep ? 1 : 0 }))
}

export const findMost: Move = (builder) => {
  const { random } = builder
  const first = builder.openBatch ? 1 : 0
  const chosen = choose(builder, ({ dims, type }) => dims.length > first && type !== 'bool' && !dims.includes(0))
  if (chosen === undefined) return false
  // Few values make many equals, of which the first counts.
  const x = asType(builder, chosen, random.pick(['f32', 'i32'] as const), random.pick([1, 255]))
  const axis = random.int(first, x.dims.length - 1)
  const keep = random.chance(0.5)
  const dims = x.dims.flatMap((length, i) => (i === axis ? (keep ? [1] : []) : [length]))
  const known = { type: 'i64', dims, lo: 0, hi: (x.dims[axis] as number) - 1 } as const
  return offer(builder, emit(builder, 'ArgMax', [x.name], known, { axis, keepdims: keep ? 1 : 0 }))
}

function imageOf(builder: Builder): Known | undefined {
  const chosen = choose(
    builder,
    ({ dims, type }) => type !== 'bool' && !dims.includes(0) && !(builder.openBatch && dims.length === 0),
  )
  return chosen && asRank4(builder, asType(builder, chosen, 'f32'))
}

export const pool: Move = (builder) => {
  const { random } = builder
  const x = imageOf(builder)
  if (x === undefined) return false
  const [batch, channels, ...lengths] = x.dims as [number, number, number, number]
  const pads = random.pick([
    [0, 0, 0, 0],
    [1, 1, 1, 1],
    [0, 1, 0, 1],
  ])
  const window = lengths.map((length, axis) => {
    const pad = Math.max(pads[axis] as number, pads[axis + 2] as number)
    return random.int(Math.min(pad + 1, length + 2 * pad), Math.min(4, length + 2 * pad))
  })
  const strides = random.pick([
    [1, 1],
    [2, 2],
    [1, 2],
  ])
  if (window.some((length, axis) => length <= Math.max(pads[axis] as number, pads[axis + 2] as number))) return false
  const outer = lengths.map((length, axis) => {
    const padded = length + (pads[axis] as number) + (pads[axis + 2] as number)
    return Math.floor((padded - (window[axis] as number)) / (strides[axis] as number)) + 1
  })
  if (outer.some((length) => length < 1)) return false
  const attributes = { kernel_shape: window, pads, strides }
  return offer(builder, emit(builder, 'MaxPool', [x.name], { ...x, dims: [batch, channels, ...outer] }, attributes))
}

export const enlarge: Move = (builder) => {
  const { random } = builder
  const x = imageOf(builder)
  if (x === undefined) return false
  const [down, right] = [random.int(1, 3), random.int(1, 3)]
  const [batch, channels, height, width] = x.dims as [number, number, number, number]
  const dims = [batch, channels, height * down, width * right]
  if (elementsOf(dims) > MOST_ELEMENTS) return false
  const scales = constant(builder, tensor('f32', [1, 1, down, right]))
  const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
  return offer(builder, emit(builder, 'Resize', [x.name, '', scales], { ...x, dims }, attributes))
}
