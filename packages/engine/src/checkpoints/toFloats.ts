/** Element types of floating-point tensors, stored little-endian. */
export const FLOAT_TYPES = ['F16', 'BF16', 'F32', 'F64'] as const
export type FloatType = (typeof FLOAT_TYPES)[number]

/** A float's fraction has 23 bits, a half's 10. */
const FRACTION_SHIFT = 13

/**
 * Writes the numbers in `bytes` to `out` from place `at`. Exact for all types but F64, which rounds to nearest, ties to even (IEEE
 * 754). `bytes` holds whole elements.
 */
export function toFloats(type: FloatType, bytes: Uint8Array, out: Float32Array, at = 0): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // The same numbers as bits: moving bits is several times faster than computing each value.
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length)
  switch (type) {
    case 'F16':
      for (let i = 0; i < bytes.length; i += 2) bits[at++] = floatBitsOfHalf(view.getUint16(i, true))
      break
    case 'BF16':
      for (let i = 0; i < bytes.length; i += 2) bits[at++] = view.getUint16(i, true) << 16
      break
    case 'F32':
      for (let i = 0; i < bytes.length; i += 4) bits[at++] = view.getUint32(i, true)
      break
    case 'F64':
      for (let i = 0; i < bytes.length; i += 8) out[at++] = view.getFloat64(i, true)
  }
}

/** IEEE 754 binary16 as the bits of the binary32 with the same value; the payload of a NaN is kept. */
export function floatBitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16
  const rest = half & 0x7fff
  if (rest >= 0x7c00) return sign | 0x7f800000 | ((rest & 0x3ff) << FRACTION_SHIFT)
  // Normal: the exponent's bias goes from 15 to 127.
  if (rest >= 0x400) return sign | ((rest << FRACTION_SHIFT) + ((127 - 15) << 23))
  if (rest === 0) return sign
  // Subnormal: rest * 2^-24. Its highest bit becomes the implicit one.
  const shift = Math.clz32(rest) - 21
  return sign | ((127 - 14 - shift) << 23) | (((rest << shift) & 0x3ff) << FRACTION_SHIFT)
}
