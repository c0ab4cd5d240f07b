import type { Address } from '../hex.ts'

/**
 * ECDSA over secp256k1 with RFC 6979 nonces and low s. Signatures are EIP-2098 compact: r (32 bytes), then s (32 bytes) whose top
 * bit is the y-parity. Digests are 32 bytes, private keys 32 bytes.
 */
export type Secp256k1 = {
  /** Which implementation this is: libsecp256k1 natively, the same library in WebAssembly, or JavaScript. */
  readonly kind: 'native' | 'wasm' | 'javascript'
  sign(digest: Uint8Array, privateKey: Uint8Array): Uint8Array
  /** Address that signed; throws `InvalidSignatureError` for anything but a low-s signature that recovers. */
  recover(digest: Uint8Array, signature: Uint8Array): Address
  /** Address of a private key. */
  addressOf(privateKey: Uint8Array): Address
}
