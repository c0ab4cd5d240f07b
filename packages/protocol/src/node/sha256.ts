import { createHash, hash } from 'node:crypto'

/** SHA-256 (FIPS 180-4) of the concatenation of `parts`. */
export function sha256(...parts: Uint8Array[]): Uint8Array {
  const [first] = parts
  if (parts.length === 1 && first) return hash('sha256', first, 'buffer')
  const state = createHash('sha256')
  for (const part of parts) state.update(part)
  return state.digest()
}
