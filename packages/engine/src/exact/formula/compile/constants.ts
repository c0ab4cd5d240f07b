import { bytesToHex, DTYPE_BYTES, type Hex, merkleRoot } from '@stoa/protocol'
import type { Facts, StoredType } from '../../profile/facts.ts'
import { INTEGER_RANGE } from '../../profile/interval.ts'
import { indicesOf, stridesOf } from '../../reference/indices.ts'
import { elementsOf, type Value } from '../../value.ts'
import type { Layout } from '../expression/fields.ts'
import type { ExpressionOf } from '../expression/schema.ts'

/** Most elements of a list that is written into the formula. */
export const LONGEST_LIST = 8

type Written = ExpressionOf<'constant'> | ExpressionOf<'number'> | ExpressionOf<'list'>

/** A constant as it is committed to: elements m of one type, in an order. */
type Stored = { readonly value: Value; readonly unit: number; readonly type: StoredType; readonly layout: Layout }

/** The constants of a graph as formulas have them, and their bytes, which are laid out anew whenever they are asked for. */
export class Constants {
  readonly #known = new WeakMap<object, Map<string, Written>>()
  readonly #stored = new Map<Hex, Stored>()

  /**
   * A constant as a node; undefined where its elements are whole numbers of no unit that 8 bytes hold.
   *
   * @param facts of a tensor that follows from constants.
   * @param order of its axes, from the outermost to the innermost as stored, if it is stored.
   */
  write({ known, unit, lo, hi }: Facts, order: readonly number[]): Written | undefined {
    if (!known) throw new TypeError('the tensor is no constant')
    const forms = this.#known.get(known.data) ?? new Map<string, Written>()
    this.#known.set(known.data, forms)
    const form = `${known.dims.join()} ${order.join()}`
    const made = forms.get(form) ?? this.#made({ known, unit, lo, hi }, order)
    if (made) forms.set(form, made)
    return made
  }

  #made({ known, unit, lo, hi }: Bounds, order: readonly number[]): Written | undefined {
    const [least, greatest] = [lo, hi].map(scaling(unit)) as [number, number]
    const type = TYPES.find((own) => least >= RANGES[own][0] && greatest <= RANGES[own][1])
    if (!type) return undefined
    const { dims, data } = known
    if (data.length === 1) return { op: 'number', rank: dims.length, unit, m: countOf(data[0] ?? 0, unit), args: [] }
    if (dims.length === 1 && data.length <= LONGEST_LIST && unit === 0)
      return { op: 'list', items: Array.from<number | bigint, bigint>(data, BigInt), args: [] }
    const stored = { value: known, unit, type, layout: { dims, order } }
    const root = bytesToHex(merkleRoot(bytesOf(stored)))
    // Of two constants with one root, one has zeros at its end that the other has as padding: the longer serves both.
    const other = this.#stored.get(root)
    if (!other || sizeOf(other) < sizeOf(stored)) this.#stored.set(root, stored)
    return { op: 'constant', type, unit, layout: { dims, order }, root, args: [] }
  }

  /** Bytes that a constant's root is of; where several constants share it, of the longest. Throws `TypeError` where no constant has it. */
  bytes(root: Hex): Uint8Array {
    const stored = this.#stored.get(root)
    if (!stored) throw new TypeError(`no constant has the root ${root}`)
    return bytesOf(stored)
  }
}

type Bounds = { readonly known: Value; readonly unit: number; readonly lo: number; readonly hi: number }

const TYPES: readonly StoredType[] = ['u8', 'i8', 'i16', 'i32', 'i64']
const RANGES: Readonly<Record<StoredType, readonly [number, number]>> = {
  ...{ u8: INTEGER_RANGE.u8, i8: INTEGER_RANGE.i8, i32: INTEGER_RANGE.i32 },
  i16: [-(2 ** 15), 2 ** 15 - 1],
  // The greatest double below 2^63.
  i64: [-(2 ** 63), 2 ** 63 - 1024],
}

const sizeOf = ({ type, layout }: Stored): number => elementsOf(layout.dims) * DTYPE_BYTES[type]

/** What divides by 2^unit; in two steps, for 2^1022 is a double and 2^1074 is none. */
function scaling(unit: number): (x: number) => number {
  const [first, second] = [2 ** Math.floor(-unit / 2), 2 ** Math.ceil(-unit / 2)]
  return (x) => x * first * second
}

/** How many units a number is that is a multiple of them. */
export const countOf = (x: number | bigint, unit: number): bigint =>
  typeof x === 'bigint' ? x : BigInt(scaling(unit)(x))

function bytesOf({ value, unit, type, layout: { dims, order } }: Stored): Uint8Array {
  const { data } = value
  // Bytes as they are, which is what large tables of weights are.
  if (unit === 0 && value.type === type && DTYPE_BYTES[type] === 1 && order.every((axis, i) => axis === i))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  const strides = stridesOf(dims)
  const indices = indicesOf(
    order.map((axis) => dims[axis] ?? 0),
    order.map((axis) => strides[axis] ?? 0),
  )
  const bytes = new Uint8Array(indices.length * DTYPE_BYTES[type])
  const view = new DataView(bytes.buffer)
  const [scaled, width] = [scaling(unit), DTYPE_BYTES[type]]
  const count = (i: number): number => scaled(Number(data[indices[i] ?? 0] ?? 0))
  // A loop for each width: one that calls whatever writes takes several times as long.
  switch (type) {
    case 'u8':
    case 'i8':
      for (let i = 0; i < indices.length; i++) bytes[i] = count(i)
      break
    case 'i16':
      for (let i = 0; i < indices.length; i++) view.setInt16(i * width, count(i), true)
      break
    case 'i32':
      for (let i = 0; i < indices.length; i++) view.setInt32(i * width, count(i), true)
      break
    case 'i64':
      for (let i = 0; i < indices.length; i++)
        view.setBigInt64(i * width, countOf(data[indices[i] ?? 0] ?? 0, unit), true)
  }
  return bytes
}
