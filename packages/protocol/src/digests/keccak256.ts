import { keccak_256 } from '@noble/hashes/sha3.js'

/** Keccak-256, as Ethereum uses it: with the padding before FIPS 202. For browsers, whose pages often may run no WebAssembly; `node/keccak256.ts` does. */
export const keccak256 = (bytes: Uint8Array): Uint8Array => keccak_256(bytes)
