import { halfAt } from './halfAt.ts'

/*
 * ggml's K formats: super-blocks of 256 weights, whose parts have whole-numbered scales of their own beside the super-block's. As in
 * unpackLegacy.ts every product is exact and a weight is rounded once. Facts: ggml's ggml-common.h and ggml-quants.c.
 */

const WEIGHTS = 256

/** Q4_K: scale, scale of least values (halves), 12 bytes of scales, 128 bytes of two q. */
export function unpackQ4K(bytes: Uint8Array, out: Float32Array, at: number): void {
  for (let from = 0; from < bytes.length; from += 144, at += WEIGHTS) {
    for (let part = 0; part < 8; part += 1) {
      const { scale, least } = scalesOf(bytes, from, part)
      const { start, shift } = nibbles(from + 16, part)
      for (let i = 0; i < 32; i += 1) {
        const q = ((bytes[start + i] ?? 0) >> shift) & 15
        out[at + part * 32 + i] = scale * q - least
      }
    }
  }
}

/** Q5_K: as Q4_K, with 32 bytes of fifth bits, bit p of byte i for weight i of part p, before the q. */
export function unpackQ5K(bytes: Uint8Array, out: Float32Array, at: number): void {
  for (let from = 0; from < bytes.length; from += 176, at += WEIGHTS) {
    for (let part = 0; part < 8; part += 1) {
      const { scale, least } = scalesOf(bytes, from, part)
      const { start, shift } = nibbles(from + 48, part)
      for (let i = 0; i < 32; i += 1) {
        const fifth = ((bytes[from + 16 + i] ?? 0) >> part) & 1
        const q = (((bytes[start + i] ?? 0) >> shift) & 15) | (fifth << 4)
        out[at + part * 32 + i] = scale * q - least
      }
    }
  }
}

/**
 * Q6_K: 128 bytes of the low four bits of q + 32, 64 bytes of the high two, 16 signed scales of 16 weights each, scale (half). Each half
 * of the block has four parts of 32: low bits of parts 0 and 2 share bytes, so do those of 1 and 3, and all four share their high bits' bytes.
 */
export function unpackQ6K(bytes: Uint8Array, out: Float32Array, at: number): void {
  for (let from = 0; from < bytes.length; from += 210, at += WEIGHTS) {
    const scale = halfAt(bytes, from + 208)
    for (let part = 0; part < 8; part += 1) {
      const half = part >> 2
      const quarter = part & 3
      const lowStart = from + half * 64 + (quarter & 1) * 32
      const highStart = from + 128 + half * 32
      for (let i = 0; i < 32; i += 1) {
        const low = ((bytes[lowStart + i] ?? 0) >> (quarter & 2 ? 4 : 0)) & 15
        const high = ((bytes[highStart + i] ?? 0) >> (quarter * 2)) & 3
        const own = ((bytes[from + 192 + part * 2 + (i >> 4)] ?? 0) << 24) >> 24
        out[at + part * 32 + i] = scale * own * ((low | (high << 4)) - 32)
      }
    }
  }
}

/** Parts 2k and 2k + 1 are the low and the high halves of the same 32 bytes. */
function nibbles(start: number, part: number) {
  return { start: start + (part >> 1) * 32, shift: (part & 1) * 4 }
}

/**
 * Scale and least value of one of eight parts of 32. Their 6-bit factors are packed in 12 bytes after the two halves: those of parts 0 to 3 in
 * the low bits of bytes 0 to 3 (scales) and 4 to 7 (least), those of parts 4 to 7 in bytes 8 to 11, four bits each, their top bits being the top
 * bits of the first eight bytes.
 */
function scalesOf(bytes: Uint8Array, block: number, part: number): { scale: number; least: number } {
  const byte = (index: number) => bytes[block + 4 + index] ?? 0
  const factor = part < 4 ? byte(part) & 63 : (byte(part + 4) & 15) | ((byte(part - 4) >> 6) << 4)
  const leastFactor = part < 4 ? byte(part + 4) & 63 : (byte(part + 4) >> 4) | ((byte(part) >> 6) << 4)
  return { scale: halfAt(bytes, block) * factor, least: halfAt(bytes, block + 2) * leastFactor }
}
