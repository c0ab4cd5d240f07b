import { InvalidOnnxError } from './errors.ts'
import { ELEMENT_CODE, type ElementArray, type ElementType, type OnnxTensor } from './model.ts'
import { integersOf, readFields, readPacked, toInt } from './protoReader.ts'

const decoder = new TextDecoder()
const TYPE_OF = new Map<number, ElementType>(
  Object.entries(ELEMENT_CODE).map(([type, code]) => [code, type as ElementType]),
)

/** Bytes in one element. */
export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  ...{ bool: 1, u8: 1, i8: 1, u16: 2, i16: 2, f16: 2 },
  ...{ i32: 4, u32: 4, f32: 4, i64: 8, u64: 8, f64: 8 },
}

/** The type with this code of `TensorProto.DataType`; throws `InvalidOnnxError` for strings and types that are not read. */
export function typeOfCode(code: number): ElementType {
  const type = TYPE_OF.get(code)
  if (!type) throw new InvalidOnnxError(`elements of type ${code} (TensorProto.DataType)`)
  return type
}

/** A `TensorProto` with its name. Raw data are viewed, not copied, where their alignment allows. */
export function readTensor(message: Uint8Array): { name: string; tensor: OnnxTensor } {
  const dims: number[] = []
  let type: ElementType | undefined
  let name = ''
  let raw: Uint8Array | undefined
  const lists: { field: number; bytes: Uint8Array[]; ints: bigint[] } = { field: 0, bytes: [], ints: [] }
  for (const field of readFields(message)) {
    const { number, varint, bytes } = field
    if (number === 1) dims.push(...integersOf(field).map(toInt))
    else if (number === 2) type = typeOfCode(toInt(varint))
    else if (number === 8) name = decoder.decode(bytes)
    else if (number === 9) raw = bytes
    else if (number === 13 || (number === 14 && varint !== 0n))
      throw new InvalidOnnxError(`the data of "${name}" lie in another file`)
    else if (LISTS.has(number)) {
      lists.field = number
      if (field.packed) lists.bytes.push(bytes)
      else lists.ints.push(varint)
    } else if (number === 3 || number === 6) throw new InvalidOnnxError(`"${name}" has segments or strings`)
  }
  if (!type) throw new InvalidOnnxError(`the tensor "${name}" has no type`)
  if (dims.some((dim) => dim < 0)) throw new InvalidOnnxError(`the tensor "${name}" has a negative length`)
  const elements = dims.reduce((product, dim) => product * dim, 1)
  const data = raw ? arrayOver(type, raw) : fromList(type, lists)
  if (data.length !== elements)
    throw new InvalidOnnxError(`the tensor "${name}" [${dims.join(', ')}] has ${data.length} elements`)
  return { name, tensor: { type, dims, data } as OnnxTensor }
}

/** The elements that little-endian bytes hold. */
export function arrayOver(type: ElementType, bytes: Uint8Array): ElementArray[ElementType] {
  const size = ELEMENT_BYTES[type]
  if (bytes.length % size !== 0) throw new InvalidOnnxError(`${bytes.length} bytes of ${type}`)
  // Not `slice`: that of a Buffer is a view.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes)
  return new ARRAY[type](aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / size)
}

/** Fields of `TensorProto` that hold elements one by one: float, int32, int64, double, uint64. */
const LISTS = new Set([4, 5, 7, 10, 11])

function fromList(
  type: ElementType,
  list: { field: number; bytes: Uint8Array[]; ints: bigint[] },
): ElementArray[ElementType] {
  const joined = new Uint8Array(list.bytes.reduce((sum, part) => sum + part.length, 0))
  list.bytes.reduce((at, part) => {
    joined.set(part, at)
    return at + part.length
  }, 0)
  if (type === 'f32' || type === 'f64') return arrayOver(type, joined)
  const ints = [...readPacked(joined), ...list.ints].map((int) => BigInt.asIntN(64, int))
  if (type === 'i64') return BigInt64Array.from(ints)
  if (type === 'u64') return BigUint64Array.from(ints, (int) => BigInt.asUintN(64, int))
  return ARRAY[type].from(ints.map(Number))
}

const ARRAY = {
  ...{ f32: Float32Array, f64: Float64Array, i64: BigInt64Array, u64: BigUint64Array },
  ...{ u8: Uint8Array, i8: Int8Array, u16: Uint16Array, i16: Int16Array, i32: Int32Array, u32: Uint32Array },
  ...{ bool: Uint8Array, f16: Uint16Array },
}
