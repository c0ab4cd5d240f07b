import { sha256 as noble } from '@noble/hashes/sha2.js'

/** SHA-256 (FIPS 180-4) of the concatenation of `parts`. Where there is no node:crypto. */
export function sha256(...parts: Uint8Array[]): Uint8Array {
  const state = noble.create()
  for (const part of parts) state.update(part)
  return state.digest()
}
