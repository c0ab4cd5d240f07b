import { createHash, hash } from 'node:crypto'

/** Bytes that are sooner put together than hashed in steps. */
const SHORT = 4_096

/** SHA-256 (FIPS 180-4) of the concatenation of `parts`. */
export function sha256(...parts: Uint8Array[]): Uint8Array {
  const [first] = parts
  if (parts.length === 1 && first) return hash('sha256', first, 'buffer')
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  if (length <= SHORT) return hash('sha256', Buffer.concat(parts, length), 'buffer')
  const state = createHash('sha256')
  for (const part of parts) state.update(part)
  return state.digest()
}
