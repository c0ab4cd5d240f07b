import { InvalidOnnxError } from './errors.ts'

/** One field of a message: an integer of wire type 0, or bytes of wire types 1, 2 and 5; `packed` tells which. */
export type ProtoField = {
  readonly number: number
  readonly packed: boolean
  readonly varint: bigint
  readonly bytes: Uint8Array
}

const NO_BYTES = new Uint8Array(0)

/**
 * The fields of a Protocol Buffers message in their order (encoding: protobuf.dev/programming-guides/encoding). Bytes are views.
 * Throws `InvalidOnnxError` for a message that ends in the middle or uses groups.
 */
export function* readFields(message: Uint8Array): Generator<ProtoField> {
  const cursor = { bytes: message, at: 0 }
  while (cursor.at < message.length) {
    const key = Number(readVarint(cursor))
    const number = Math.floor(key / 8)
    switch (key % 8) {
      case 0:
        yield { number, packed: false, varint: readVarint(cursor), bytes: NO_BYTES }
        break
      case 1:
        yield { number, packed: true, varint: 0n, bytes: take(cursor, 8) }
        break
      case 2:
        yield { number, packed: true, varint: 0n, bytes: take(cursor, Number(readVarint(cursor))) }
        break
      case 5:
        yield { number, packed: true, varint: 0n, bytes: take(cursor, 4) }
        break
      default:
        throw new InvalidOnnxError(`a field of wire type ${key % 8} at byte ${cursor.at}`)
    }
  }
}

/** The integers of a field of a repeated number: one, or any number of them packed. */
export function integersOf({ packed, varint, bytes }: ProtoField): bigint[] {
  return packed ? readPacked(bytes) : [varint]
}

/** Integers packed one after the other. */
export function readPacked(bytes: Uint8Array): bigint[] {
  const cursor = { bytes, at: 0 }
  const values: bigint[] = []
  while (cursor.at < bytes.length) values.push(readVarint(cursor))
  return values
}

/** A varint as the signed integer that int64 and enum fields hold; throws beyond what a number holds exactly. */
export function toInt(varint: bigint): number {
  const value = Number(BigInt.asIntN(64, varint))
  if (!Number.isSafeInteger(value)) throw new InvalidOnnxError(`the integer ${value} is too large`)
  return value
}

type Cursor = { readonly bytes: Uint8Array; at: number }

function readVarint(cursor: Cursor): bigint {
  let low = 0
  // Four bytes are 28 bits, which fit a number: nearly all integers of a model end there.
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = next(cursor)
    low |= (byte & 0x7f) << shift
    if (byte < 0x80) return BigInt(low)
  }
  let value = BigInt(low)
  for (let shift = 28n; shift < 70n; shift += 7n) {
    const byte = next(cursor)
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return BigInt.asUintN(64, value)
  }
  throw new InvalidOnnxError(`an integer of more than ten bytes at byte ${cursor.at}`)
}

function next(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at++]
  if (byte === undefined) throw new InvalidOnnxError('it ends in the middle of a number')
  return byte
}

function take(cursor: Cursor, length: number): Uint8Array {
  if (length > cursor.bytes.length - cursor.at) throw new InvalidOnnxError('it ends in the middle of a field')
  cursor.at += length
  return cursor.bytes.subarray(cursor.at - length, cursor.at)
}
