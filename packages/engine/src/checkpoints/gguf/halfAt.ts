/** The number that the little-endian IEEE 754 binary16 at byte `at` is, exactly. */
export function halfAt(bytes: Uint8Array, at: number): number {
  const half = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}
