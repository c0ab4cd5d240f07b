/**
 * Writes a Protocol Buffers message (encoding: protobuf.dev/programming-guides/encoding). Fields come out in the order of the
 * calls, so that equal calls give equal bytes. Large byte fields are referenced until `finish`, which copies once.
 */
export class ProtoWriter {
  #chunks: Uint8Array[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Wire type 0: int64, int32, enum, bool. Negative numbers take ten bytes, as the encoding has it. */
  varint(field: number, value: number): this {
    return this.#append(varint(field << 3)).#append(varint(value))
  }

  /** Wire type 5. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    return this.#append(varint((field << 3) | 5)).#append(bytes)
  }

  /** Wire type 2. */
  bytes(field: number, value: Uint8Array): this {
    return this.#append(varint((field << 3) | 2))
      .#append(varint(value.length))
      .#append(value)
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  /** Repeated integers in one field. */
  packed(field: number, values: readonly number[]): this {
    return this.bytes(field, Uint8Array.from(values.flatMap((value) => [...varint(value)])))
  }

  message(field: number, message: ProtoWriter): this {
    this.#append(varint((field << 3) | 2)).#append(varint(message.#length))
    for (const chunk of message.#chunks) this.#append(chunk)
    return this
  }

  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#length)
    let offset = 0
    for (const chunk of this.#chunks) {
      bytes.set(chunk, offset)
      offset += chunk.length
    }
    return bytes
  }

  #append(chunk: Uint8Array): this {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    return this
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
