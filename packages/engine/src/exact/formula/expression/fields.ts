import { bytesToHex, type Hex, hexToBytes } from '@stoa/protocol'
import type { StoredType } from '../../profile/facts.ts'
import { InvalidFormulaError } from '../errors.ts'

/** How one part of a node is written: big-endian, as the pages' other preimages. */
export type Field<T> = {
  readonly write: (value: T) => readonly number[]
  readonly read: (from: ByteReader) => T
}

/** Bytes read from the front; throws `InvalidFormulaError` past their end. */
export type ByteReader = {
  /** How many have been read. */
  readonly at: () => number
  readonly isDone: () => boolean
  readonly take: (count: number) => Uint8Array
}

export function readBytes(bytes: Uint8Array): ByteReader {
  let at = 0
  return {
    at: () => at,
    isDone: () => at === bytes.length,
    take(count) {
      if (at + count > bytes.length) throw new InvalidFormulaError(`it ends after ${bytes.length} bytes, within a node`)
      at += count
      return bytes.subarray(at - count, at)
    },
  }
}

function integer(width: number, sign: 'signed' | 'unsigned'): Field<bigint> {
  const [least, most] =
    sign === 'signed'
      ? [-(1n << BigInt(8 * width - 1)), (1n << BigInt(8 * width - 1)) - 1n]
      : [0n, (1n << BigInt(8 * width)) - 1n]
  return {
    write(value) {
      if (value < least || value > most) throw new InvalidFormulaError(`${value} does not fit ${width} bytes`)
      return Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * (width - 1 - i))) & 255n))
    },
    read(from) {
      const value = from.take(width).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
      return sign === 'signed' ? BigInt.asIntN(8 * width, value) : value
    },
  }
}

const number = ({ write, read }: Field<bigint>): Field<number> => ({
  write: (value) => write(BigInt(value)),
  read: (from) => Number(read(from)),
})

export const u8 = number(integer(1, 'unsigned'))
export const u16 = number(integer(2, 'unsigned'))
export const i16 = number(integer(2, 'signed'))
export const u32 = number(integer(4, 'unsigned'))
export const i64 = integer(8, 'signed')

/** 0 or 1. */
export const flag: Field<boolean> = {
  write: (value) => [value ? 1 : 0],
  read(from) {
    const value = u8.read(from)
    if (value > 1) throw new InvalidFormulaError(`${value} where 0 or 1 was expected`)
    return value === 1
  },
}

/** As many as stated here. */
export const times = <T>(count: number, { write, read }: Field<T>): Field<readonly T[]> => ({
  write(values) {
    if (values.length !== count) throw new InvalidFormulaError(`${values.length} numbers, not ${count}`)
    return values.flatMap(write)
  },
  read: (from) => Array.from({ length: count }, () => read(from)),
})

/** As many as a byte before them says. */
export const counted = <T>({ write, read }: Field<T>): Field<readonly T[]> => ({
  write: (values) => [...u8.write(values.length), ...values.flatMap(write)],
  read: (from) => Array.from({ length: u8.read(from) }, () => read(from)),
})

/** Codes of specs/digests.md. */
const CODES: Readonly<Record<StoredType, number>> = { u8: 0, i8: 1, i32: 2, i64: 4, i16: 6 }
const TYPES = new Map(Object.entries(CODES).map(([type, code]) => [code, type as StoredType]))

export const storedType: Field<StoredType> = {
  write: (type) => [CODES[type]],
  read(from) {
    const code = u8.read(from)
    return TYPES.get(code) ?? refuse(`the type ${code}`)
  },
}

/** Lengths of a constant, and its axes from the outermost to the innermost as they are stored. */
export type Layout = { readonly dims: readonly number[]; readonly order: readonly number[] }

export const layout: Field<Layout> = {
  write({ dims, order }) {
    return [...u8.write(dims.length), ...dims.flatMap(u32.write), ...times(dims.length, u8).write(order)]
  },
  read(from) {
    const rank = u8.read(from)
    const [dims, order] = [times(rank, u32).read(from), times(rank, u8).read(from)]
    if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i)) refuse(`the order [${order.join(', ')}]`)
    return { dims, order }
  },
}

export const hash: Field<Hex> = {
  write: (value) => [...hexToBytes(value, 32)],
  read: (from) => bytesToHex(from.take(32)),
}

/** An axis of a slice and the step along it. */
export const cut: Field<{ readonly axis: number; readonly step: number }> = {
  write: ({ axis, step }) => [...u8.write(axis), ...u32.write(step)],
  read: (from) => ({ axis: u8.read(from), step: u32.read(from) }),
}

function refuse(what: string): never {
  throw new InvalidFormulaError(`${what} is none`)
}
