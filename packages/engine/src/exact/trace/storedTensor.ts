import { type MerkleState, merkleState, type Tensor, tensorDigestOf } from '@stoa/protocol'
import type { StoredType } from '../profile/facts.ts'
import { elementsOf, type Value } from '../value.ts'

/** Elements that are converted at a time where no row is longer. */
const CHUNK = 1 << 14

/** Dimensions of a tensor as it is stored: images and feature maps with their channels last (specs/exact-inference.md, "Layout"). */
export function storedDims(dims: readonly number[]): readonly number[] {
  const [n, c, h, w] = dims
  return dims.length === 4 ? [n ?? 0, h ?? 0, w ?? 0, c ?? 0] : dims
}

/** The other way: dimensions in the graph, of a tensor as it is stored. */
export function graphDims(stored: readonly number[]): readonly number[] {
  const [n, h, w, c] = stored
  return stored.length === 4 ? [n ?? 0, c ?? 0, h ?? 0, w ?? 0] : stored
}

/** A carried tensor of a graph as it is committed to. */
export function storedTensor(name: string, value: Value, stored: StoredType): Tensor {
  const data = new Uint8Array(elementsOf(value.dims) * STORED_BYTES[stored])
  let at = 0
  eachStoredPart(value, stored, (part) => {
    data.set(part, at)
    at += part.length
  })
  return { name, dtype: stored, dims: storedDims(value.dims), data }
}

/** A carried tensor as it is answered: of its stored type, elements in the graph's order, whatever the rank. */
export const graphTensor = (name: string, value: Value, stored: StoredType): Tensor => ({
  ...storedTensor(name, { ...value, dims: [value.data.length] }, stored),
  dims: value.dims,
})

/** Digest of `storedTensor` of the same arguments, in memory for one row of it. */
export function storedDigest(name: string, value: Value, stored: StoredType): Uint8Array {
  const state: MerkleState = merkleState()
  eachStoredPart(value, stored, state.write)
  return tensorDigestOf({ name, dtype: stored, dims: storedDims(value.dims) }, state.root())
}

/** Hands on the stored bytes in order, in parts whose memory is used again. */
function eachStoredPart(value: Value, stored: StoredType, write: (part: Uint8Array) => void): void {
  const { dims, data } = value
  const [count = 0, channels = 0, height = 0, width = 0] = dims
  if (dims.length !== 4) {
    const encode = encoder(stored, Math.min(CHUNK, data.length))
    const numbers = new Float64Array(CHUNK)
    for (let from = 0; from < data.length; from += CHUNK) {
      const part = numbers.subarray(0, Math.min(CHUNK, data.length - from))
      readNumbers(data, from, part, part.length, 1, 0)
      write(encode(part))
    }
    return
  }
  // One image row at a time: read along W, which is how the graph has it, written along C.
  const encode = encoder(stored, channels * width)
  const row = new Float64Array(channels * width)
  for (let n = 0; n < count; n++) {
    for (let y = 0; y < height; y++) {
      for (let c = 0; c < channels; c++)
        readNumbers(data, ((n * channels + c) * height + y) * width, row, width, channels, c)
      write(encode(row))
    }
  }
}

/** `count` elements of `data` from an index on, into every `step`-th place. Doubles hold all that a carried tensor may: up to 2^52. */
function readNumbers(data: Value['data'], from: number, into: Float64Array, count: number, step: number, at: number) {
  if (data instanceof BigInt64Array) for (let i = 0; i < count; i++) into[at + i * step] = Number(data[from + i])
  else for (let i = 0; i < count; i++) into[at + i * step] = data[from + i] ?? 0
}

const STORED_BYTES: Readonly<Record<StoredType, number>> = { u8: 1, i8: 1, i16: 2, i32: 4, i64: 8 }

/** Writes integers, at most `length` at a time, as a stored type; little-endian as every machine is that Node runs on. */
function encoder(stored: StoredType, length: number): (numbers: Float64Array) => Uint8Array {
  const bytes = new Uint8Array(length * STORED_BYTES[stored])
  if (stored === 'i64') {
    const words = new Int32Array(bytes.buffer)
    return (numbers) => {
      // Two words by hand: a BigInt for every element would take ten times as long.
      for (let i = 0; i < numbers.length; i++) {
        const number = numbers[i] ?? 0
        words[2 * i] = number
        words[2 * i + 1] = Math.floor(number / 2 ** 32)
      }
      return bytes.subarray(0, 8 * numbers.length)
    }
  }
  const elements = new NARROW[stored](bytes.buffer)
  return (numbers) => {
    elements.set(numbers)
    return bytes.subarray(0, elements.BYTES_PER_ELEMENT * numbers.length)
  }
}

const NARROW = { u8: Uint8Array, i8: Int8Array, i16: Int16Array, i32: Int32Array } as const
