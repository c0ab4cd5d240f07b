import { EXACT_TYPES, type ExactType, elementsOf, type Value } from '../value.ts'
import { Refusal } from './errors.ts'

/** What an operator reads, `undefined` where an optional input is left out. */
export type Inputs = readonly (Value | undefined)[]
export type NumberArray = Exclude<Value['data'], BigInt64Array>
export type NumberType = Exclude<ExactType, 'i64'>

const NUMBER_ARRAY = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u8: Uint8Array,
  i8: Int8Array,
  bool: Uint8Array,
}

export const emptyArray = (type: NumberType, length: number): NumberArray => new NUMBER_ARRAY[type](length)

/** The input at an index, one that the operator cannot do without. */
export function inputAt(inputs: Inputs, index: number): Value {
  const value = inputs[index]
  if (value === undefined) throw new Refusal(`input ${index} is missing`)
  return value
}

/** Puts a type, dimensions and the array of that type together. */
export function makeValue(type: ExactType, dims: readonly number[], data: Value['data']): Value {
  if (data.length !== elementsOf(dims)) throw new Refusal(`${data.length} elements do not fill ${shapeText(dims)}`)
  // The callers below choose the array by the type, which the compiler cannot follow through a variable.
  return { type, dims, data } as Value
}

/**
 * Real numbers as a tensor of a type. Throws `Refusal` where the type does not hold a number exactly: that the graph rounds nowhere is
 * not assumed here. Zero has no sign, so −0 becomes 0.
 */
export function fromNumbers(type: ExactType, dims: readonly number[], numbers: ArrayLike<number>): Value {
  if (type === 'i64') {
    return fromIntegers(
      dims,
      Array.from(numbers, (number) => {
        if (!Number.isSafeInteger(number)) throw new Refusal(`${number} is not exact as i64`)
        return BigInt(number)
      }),
    )
  }
  const data = emptyArray(type, numbers.length)
  for (let i = 0; i < data.length; i++) {
    const number = numbers[i] as number
    data[i] = number + 0
    if (data[i] !== number || !Number.isFinite(number) || (type === 'bool' && number > 1)) {
      throw new Refusal(`${number} is not exact as ${type}`)
    }
  }
  return makeValue(type, dims, data)
}

/** Integers of any size as an i64 tensor; throws `Refusal` for one that 64 bits do not hold. */
export function fromIntegers(dims: readonly number[], integers: readonly bigint[]): Value {
  for (const integer of integers) {
    if (BigInt.asIntN(64, integer) !== integer) throw new Refusal(`${integer} is not exact as i64`)
  }
  return makeValue('i64', dims, BigInt64Array.from(integers))
}

/** The elements of a tensor that is not of 64-bit integers, as numbers. */
export function numbersOf(value: Value): NumberArray {
  if (value.type === 'i64') throw new Refusal('i64 is not one of the types of this operator')
  return value.data
}

/** The elements of a small integer tensor: axes, lengths, indices. */
export function integersOf(value: Value): number[] {
  if (value.type !== 'i64' && value.type !== 'i32') throw new Refusal(`${value.type} where i32 or i64 was expected`)
  return Array.from<number | bigint, number>(value.data, Number)
}

/** The only element of a tensor. */
export function soleElement(value: Value): number | bigint {
  const [element, ...others] = value.data
  if (element === undefined || others.length > 0) throw new Refusal('one element was expected')
  return element
}

export function requireType(value: Value, ...types: readonly ExactType[]): void {
  if (!types.includes(value.type)) throw new Refusal(`${value.type} where ${types.join(' or ')} was expected`)
}

export function requireRank(value: Value, rank: number): void {
  if (value.dims.length !== rank) throw new Refusal(`rank ${value.dims.length} where ${rank} was expected`)
}

export function isExactType(type: string): type is ExactType {
  return (EXACT_TYPES as readonly string[]).includes(type)
}

/** An axis counted from the front; negative ones count from the back. */
export function axisOf(axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(counted) || counted < 0 || counted >= rank) throw new Refusal(`there is no axis ${axis}`)
  return counted
}

export const shapeText = (dims: readonly number[]): string => (dims.length === 0 ? 'a scalar' : dims.join('×'))

/** The larger of two integers of any size, and the smaller: Math's functions take none that are larger than a double holds. */
export function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a
  return b
}

export function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
}
