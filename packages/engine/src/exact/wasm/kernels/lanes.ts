import type { ExactType } from '../../value.ts'
import {
  f32,
  f32x4,
  f64,
  f64x2,
  type I32,
  i8x16,
  i16x8,
  i32,
  i32x4,
  i64,
  i64x2,
  type V128,
  v128,
} from '../emit/expr.ts'
import type { FunctionBuilder, Local } from '../emit/functionBuilder.ts'

/** Elements that kernels work on at a time, whatever their type. */
export const LANES = 4

/**
 * Four elements in registers. f32, i32, u8 and i8 take one, of 32-bit lanes; bool one with lanes of all or no bits set; f64 and i64 two,
 * of two lanes each.
 */
export type Lanes = { readonly type: ExactType; readonly parts: readonly V128[] }

export const ELEMENT_BYTES: Readonly<Record<ExactType, 1 | 4 | 8>> = {
  f32: 4,
  f64: 8,
  i32: 4,
  i64: 8,
  u8: 1,
  i8: 1,
  bool: 1,
}

/** Keeps four elements in variables, so that they are computed once. */
export const hold = (f: FunctionBuilder, { type, parts }: Lanes): Lanes => ({
  type,
  parts: parts.map((part) => f.let(part)),
})

/** Reads four neighbours. Up to `SLACK_BYTES` past the tensor's end may be read. */
export function loadLanes(type: ExactType, address: I32): Lanes {
  switch (type) {
    case 'f32':
    case 'i32':
      return { type, parts: [v128.load(address)] }
    case 'f64':
    case 'i64':
      return { type, parts: [v128.load(address), v128.load(address, 16)] }
    case 'u8':
      return { type, parts: [i32x4.extendLowI16x8U(i16x8.extendLowI8x16U(v128.load32Zero(address)))] }
    case 'i8':
      return { type, parts: [i32x4.extendLowI16x8S(i16x8.extendLowI8x16S(v128.load32Zero(address)))] }
    case 'bool':
      return toMask(loadLanes('u8', address))
  }
}

/** One element, four times. */
export function splatLanes(type: ExactType, address: I32): Lanes {
  switch (type) {
    case 'f32':
    case 'i32':
      return { type, parts: [v128.load32Splat(address)] }
    case 'f64':
    case 'i64':
      return { type, parts: [v128.load64Splat(address), v128.load64Splat(address)] }
    case 'u8':
      return { type, parts: [i32x4.splat(i32.load8U(address))] }
    case 'i8':
      return { type, parts: [i32x4.splat(i32.load8S(address))] }
    case 'bool':
      return toMask(splatLanes('u8', address))
  }
}

/** Writes four neighbours. */
function storeLanes(f: FunctionBuilder, address: I32, { type, parts }: Lanes): void {
  const [low, high] = parts
  if (low === undefined) throw new RangeError('no lanes to store')
  if (type === 'bool') storeLanes(f, address, { type: 'u8', parts: [v128.and(low, i32x4.splat(1))] })
  else if (type === 'u8' || type === 'i8') {
    const halves = i16x8.narrowI32x4S(low, low)
    const bytes = type === 'u8' ? i8x16.narrowI16x8U(halves, halves) : i8x16.narrowI16x8S(halves, halves)
    f.store32Lane(address, bytes, 0)
  } else {
    f.storeV128(address, low)
    if (high) f.storeV128(address, high, 16)
  }
}

/** Writes the first `count` of four elements, which may be all of them. */
export function storeSome(
  f: FunctionBuilder,
  address: Local<'i32'>,
  lanes: Lanes,
  count: Local<'i32'>,
  scratch: Local<'i32'>,
): void {
  f.if(
    i32.ltS(count, LANES),
    () => {
      storeLanes(f, scratch, lanes)
      f.copyMemory(address, scratch, i32.mul(count, ELEMENT_BYTES[lanes.type]))
    },
    () => storeLanes(f, address, lanes),
  )
}

const LOW_WORDS = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27]
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]
const SWAPPED_HALVES = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]

/** The low 32 bits of four lanes of 64. */
export const narrow = (low: V128, high: V128): V128 => v128.shuffle(low, high, LOW_WORDS)
/** The lower half of each, side by side. */
export const lowHalves = (low: V128, high: V128): V128 => v128.shuffle(low, high, LOW_HALVES)
export const swapHalves = (a: V128): V128 => v128.shuffle(a, a, SWAPPED_HALVES)

/** Bytes as they are in memory to lanes of all or no bits. */
const toMask = ({ parts }: Lanes): Lanes => ({
  type: 'bool',
  parts: parts.map((part) => i32x4.ne(part, v128.zero())),
})

/** `Cast` of integers that fit the new type, which is not bool (specs/exact-inference.md). Reads its operand more than once. */
export function castLanes(from: Lanes, type: ExactType): Lanes {
  if (from.type === type) return from
  if (type === 'f64') return { type, parts: toF64(from) }
  const words = toI32(from)
  switch (type) {
    case 'f32':
      if (from.type !== 'f64' && from.type !== 'i64') return { type, parts: [f32x4.convertI32x4S(words)] }
      return { type, parts: [f64ToF32(toF64(from))] }
    case 'i64':
      if (from.type === 'f64') return { type, parts: from.parts.map(f64ToI64) }
      return { type, parts: [i64x2.extendLowI32x4S(words), i64x2.extendHighI32x4S(words)] }
    default:
      return { type, parts: [words] }
  }
}

/** As i32, for values that fit it; of an i64 the low bits. */
export function toI32({ type, parts }: Lanes): V128 {
  const [low, high] = parts
  if (low === undefined) throw new RangeError('no lanes')
  if (type === 'bool') return v128.and(low, i32x4.splat(1))
  if (type === 'f32') return i32x4.truncSatF32x4S(low)
  if (high === undefined) return low
  if (type === 'i64') return narrow(low, high)
  return lowHalves(i32x4.truncSatF64x2SZero(low), i32x4.truncSatF64x2SZero(high))
}

function toF64(from: Lanes): readonly V128[] {
  const [low] = from.parts
  if (low === undefined) throw new RangeError('no lanes')
  if (from.type === 'f64') return from.parts
  if (from.type === 'f32') return [f64x2.promoteLowF32x4(low), f64x2.promoteLowF32x4(swapHalves(low))]
  if (from.type === 'i64') return from.parts.map(i64ToF64)
  const words = toI32(from)
  return [f64x2.convertLowI32x4S(words), f64x2.convertLowI32x4S(swapHalves(words))]
}

const f64ToF32 = ([low, high]: readonly V128[]): V128 => {
  if (low === undefined || high === undefined) throw new RangeError('no lanes')
  return lowHalves(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high))
}

const f64ToI64 = (part: V128): V128 =>
  i64x2.replaceLane(
    i64x2.splat(i64.truncSatF64S(f64x2.extractLane(part, 0))),
    1,
    i64.truncSatF64S(f64x2.extractLane(part, 1)),
  )

const i64ToF64 = (part: V128): V128 =>
  f64x2.replaceLane(
    f64x2.splat(f64.convertI64S(i64x2.extractLane(part, 0))),
    1,
    f64.convertI64S(i64x2.extractLane(part, 1)),
  )

/** Looks four elements of a table up; `index` holds i32 lanes. */
export function lookUp(type: ExactType, table: Local<'i32'>, index: Local<'v128'>): Lanes {
  const at = (lane: number) => i32.add(table, i32.mul(i32x4.extractLane(index, lane), ELEMENT_BYTES[type]))
  const four = (make: (lane: number, previous: V128) => V128) =>
    [0, 1, 2, 3].reduce((v, lane) => make(lane, v), v128.zero())
  const two = (first: number, make: (lane: number, previous: V128, at: number) => V128) =>
    [0, 1].reduce((v, lane) => make(lane, v, first + lane), v128.zero())
  switch (type) {
    case 'f32':
      return { type, parts: [four((lane, v) => f32x4.replaceLane(v, lane, f32.load(at(lane))))] }
    case 'i32':
      return { type, parts: [four((lane, v) => i32x4.replaceLane(v, lane, i32.load(at(lane))))] }
    case 'i8':
      return { type, parts: [four((lane, v) => i32x4.replaceLane(v, lane, i32.load8S(at(lane))))] }
    case 'u8':
      return { type, parts: [four((lane, v) => i32x4.replaceLane(v, lane, i32.load8U(at(lane))))] }
    case 'bool':
      return toMask(lookUp('u8', table, index))
    case 'f64':
      return {
        type,
        parts: [0, 2].map((first) => two(first, (lane, v, i) => f64x2.replaceLane(v, lane, f64.load(at(i))))),
      }
    case 'i64':
      return {
        type,
        parts: [0, 2].map((first) => two(first, (lane, v, i) => i64x2.replaceLane(v, lane, i64.load(at(i))))),
      }
  }
}
