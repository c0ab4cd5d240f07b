import { InvalidCheckpointError } from '../errors.ts'

/** Thrown where the header goes on past the bytes at hand; no error of the file while the file has more. */
export class HeaderGoesOn extends Error {}

/** Reads little-endian values from the front of a file, never past its end and never allocating more than it holds. */
export class HeaderCursor {
  #bytes: Uint8Array
  #view: DataView
  #at = 0
  readonly file: string

  constructor(bytes: Uint8Array, file: string) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.file = file
  }

  get at(): number {
    return this.#at
  }

  take(length: number): number {
    if (length > this.#bytes.length - this.#at) throw new HeaderGoesOn()
    this.#at += length
    return this.#at - length
  }

  u8(): number {
    return this.#view.getUint8(this.take(1))
  }
  i8(): number {
    return this.#view.getInt8(this.take(1))
  }
  u16(): number {
    return this.#view.getUint16(this.take(2), true)
  }
  i16(): number {
    return this.#view.getInt16(this.take(2), true)
  }
  u32(): number {
    return this.#view.getUint32(this.take(4), true)
  }
  i32(): number {
    return this.#view.getInt32(this.take(4), true)
  }
  u64(): bigint {
    return this.#view.getBigUint64(this.take(8), true)
  }
  i64(): bigint {
    return this.#view.getBigInt64(this.take(8), true)
  }
  f32(): number {
    return this.#view.getFloat32(this.take(4), true)
  }
  f64(): number {
    return this.#view.getFloat64(this.take(8), true)
  }

  /** An unsigned 64-bit number that counts or measures something in the file, and so is at most `most`. */
  count(what: string, most: number): number {
    const value = this.u64()
    if (value > BigInt(most)) throw new InvalidCheckpointError(this.file, `it would have ${value} ${what}`)
    return Number(value)
  }

  /** UTF-8 with its length in front. */
  text(most: number): string {
    const length = this.count('bytes in one text', most)
    const from = this.take(length)
    try {
      const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
      return decoder.decode(this.#bytes.subarray(from, from + length))
    } catch (cause) {
      throw new InvalidCheckpointError(this.file, `a text at byte ${from} is not UTF-8`, { cause })
    }
  }
}
