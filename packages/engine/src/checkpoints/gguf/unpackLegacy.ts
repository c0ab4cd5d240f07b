import { halfAt } from './halfAt.ts'

/*
 * The block formats of ggml whose blocks are 32 weights with one scale. A weight is `scale * q`, or `scale * q + least` in the `_1`
 * formats, q being a small whole number. Every product is exact in a double and so is the sum, so a weight is the exact value rounded
 * once, to a float: the same bits as ggml's float arithmetic, whose products are exact too.
 *
 * In a block, the low halves of the 16 bytes of q are its first 16 weights, the high halves its last 16. Facts: ggml's ggml-common.h.
 */

const HALF = 16

/** Q4_0: scale (half), 16 bytes of two q + 8. */
export function unpackQ40(bytes: Uint8Array, out: Float32Array, at: number): void {
  for (let from = 0; from < bytes.length; from += 18, at += 32) {
    const scale = halfAt(bytes, from)
    for (let j = 0; j < HALF; j += 1) {
      const q = bytes[from + 2 + j] ?? 0
      out[at + j] = scale * ((q & 15) - 8)
      out[at + j + HALF] = scale * ((q >> 4) - 8)
    }
  }
}

/** Q4_1: scale, least (halves), 16 bytes of two q. */
export function unpackQ41(bytes: Uint8Array, out: Float32Array, at: number): void {
  for (let from = 0; from < bytes.length; from += 20, at += 32) {
    const scale = halfAt(bytes, from)
    const least = halfAt(bytes, from + 2)
    for (let j = 0; j < HALF; j += 1) {
      const q = bytes[from + 4 + j] ?? 0
      out[at + j] = scale * (q & 15) + least
      out[at + j + HALF] = scale * (q >> 4) + least
    }
  }
}

/** Q5_0: scale (half), 32 fifth bits, 16 bytes of two times four bits of q + 16. */
export function unpackQ50(bytes: Uint8Array, out: Float32Array, at: number): void {
  for (let from = 0; from < bytes.length; from += 22, at += 32) {
    const scale = halfAt(bytes, from)
    const fifths = wordAt(bytes, from + 2)
    for (let j = 0; j < HALF; j += 1) {
      const q = bytes[from + 6 + j] ?? 0
      out[at + j] = scale * (((q & 15) | (((fifths >>> j) & 1) << 4)) - 16)
      out[at + j + HALF] = scale * (((q >> 4) | (((fifths >>> (j + HALF)) & 1) << 4)) - 16)
    }
  }
}

/** Q5_1: scale, least (halves), 32 fifth bits, 16 bytes of two times four bits of q. */
export function unpackQ51(bytes: Uint8Array, out: Float32Array, at: number): void {
  for (let from = 0; from < bytes.length; from += 24, at += 32) {
    const scale = halfAt(bytes, from)
    const least = halfAt(bytes, from + 2)
    const fifths = wordAt(bytes, from + 4)
    for (let j = 0; j < HALF; j += 1) {
      const q = bytes[from + 8 + j] ?? 0
      out[at + j] = scale * ((q & 15) | (((fifths >>> j) & 1) << 4)) + least
      out[at + j + HALF] = scale * ((q >> 4) | (((fifths >>> (j + HALF)) & 1) << 4)) + least
    }
  }
}

/** Q8_0: scale (half), 32 signed bytes. */
export function unpackQ80(bytes: Uint8Array, out: Float32Array, at: number): void {
  for (let from = 0; from < bytes.length; from += 34, at += 32) {
    const scale = halfAt(bytes, from)
    for (let j = 0; j < 32; j += 1) out[at + j] = scale * (((bytes[from + 2 + j] ?? 0) << 24) >> 24)
  }
}

/** Little-endian 32 bits. */
function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}
