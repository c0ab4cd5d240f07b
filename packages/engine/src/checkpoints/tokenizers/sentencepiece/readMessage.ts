import { InvalidCheckpointError } from '../../errors.ts'

/** A field of a protobuf message: a number of 64 bits without sign, or bytes. Numbers of fixed length are their bytes. */
export type MessageField = { readonly number: number; readonly value: bigint | Uint8Array }

/** Wire types of protobuf. Groups, which were given up long ago, are refused. */
const VARINT = 0
const FIXED_64 = 1
const LENGTH = 2
const FIXED_32 = 5
const MAX_VARINT_BYTES = 10

/**
 * Fields of a protobuf message in their order, known or not. Throws `InvalidCheckpointError` where the bytes are none.
 *
 * @see https://protobuf.dev/programming-guides/encoding
 */
export function* readMessage(bytes: Uint8Array, file: string): Generator<MessageField> {
  let at = 0
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new InvalidCheckpointError(file, 'it ends in the middle of a field')
    at += length
    return bytes.subarray(at - length, at)
  }
  const varint = (): bigint => {
    let value = 0n
    for (let i = 0; i < MAX_VARINT_BYTES; i += 1) {
      const byte = take(1)[0] ?? 0
      value |= BigInt(byte & 0x7f) << BigInt(7 * i)
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new InvalidCheckpointError(file, 'it has a number of more than ten bytes')
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = Math.floor(tag / 8)
    switch (tag % 8) {
      case VARINT:
        yield { number, value: varint() }
        break
      case FIXED_64:
        yield { number, value: take(8) }
        break
      case LENGTH:
        yield { number, value: take(Number(varint())) }
        break
      case FIXED_32:
        yield { number, value: take(4) }
        break
      default:
        throw new InvalidCheckpointError(file, 'it is no protobuf message')
    }
  }
}
