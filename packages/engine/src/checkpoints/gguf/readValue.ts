import { InvalidCheckpointError } from '../errors.ts'
import type { HeaderCursor } from './headerCursor.ts'

/** Value of a GGUF file's metadata. 64-bit numbers are numbers while those are exact, and bigints beyond. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[]

/** Ids of the value types, in the format's order. */
export const VALUE_TYPES = [
  'u8',
  'i8',
  'u16',
  'i16',
  'u32',
  'i32',
  'f32',
  'bool',
  'text',
  'list',
  'u64',
  'i64',
  'f64',
] as const
export type ValueType = (typeof VALUE_TYPES)[number]

/** The fewest bytes that a value takes, so that a list can't claim more elements than the file has room for. */
const LEAST_BYTES: Readonly<Record<ValueType, number>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  bool: 1,
  text: 8,
  list: 12,
  u64: 8,
  i64: 8,
  f64: 8,
}
/** Lists of lists of lists; real files have lists of texts and numbers. */
const MAX_DEPTH = 3

/** Reads a value type's id and a value of it. `size`: bytes of the file. */
export function readValue(cursor: HeaderCursor, size: number): GgufValue {
  return readOf(readType(cursor), cursor, size, 0)
}

function readType(cursor: HeaderCursor): ValueType {
  const id = cursor.u32()
  const type = VALUE_TYPES[id]
  if (type === undefined) throw new InvalidCheckpointError(cursor.file, `no value has the type ${id}`)
  return type
}

function readOf(type: ValueType, cursor: HeaderCursor, size: number, depth: number): GgufValue {
  switch (type) {
    case 'bool': {
      const byte = cursor.u8()
      if (byte > 1) throw new InvalidCheckpointError(cursor.file, `a truth value is ${byte}`)
      return byte === 1
    }
    case 'text':
      return cursor.text(size)
    case 'list': {
      if (depth === MAX_DEPTH)
        throw new InvalidCheckpointError(cursor.file, `lists are nested more than ${MAX_DEPTH} deep`)
      const inner = readType(cursor)
      const count = cursor.count('elements in one list', Math.floor(size / LEAST_BYTES[inner]))
      const list: GgufValue[] = []
      for (let i = 0; i < count; i += 1) list.push(readOf(inner, cursor, size, depth + 1))
      return list
    }
    case 'u64':
    case 'i64': {
      const value = cursor[type]()
      const number = Number(value)
      return Number.isSafeInteger(number) ? number : value
    }
    default:
      return cursor[type]()
  }
}
