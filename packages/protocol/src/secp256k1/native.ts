import { addressOfPublicKey, fromCompact, recoverAddress, toCompact } from './compact.ts'
import type { Secp256k1 } from './secp256k1.ts'

/** What npm `secp256k1` exports, as far as it is used here. */
type Library = {
  ecdsaSign(digest: Uint8Array, privateKey: Uint8Array): { signature: Uint8Array; recid: number }
  ecdsaRecover(signature: Uint8Array, parity: number, digest: Uint8Array, compressed: boolean): Uint8Array
  publicKeyCreate(privateKey: Uint8Array, compressed: boolean): Uint8Array
}

/**
 * libsecp256k1 as a native addon. Rejects where there is no prebuilt binary: the package's main entry would fall back to
 * JavaScript there without a word.
 */
export async function nativeSecp256k1(): Promise<Secp256k1> {
  // @ts-expect-error: the package ships no types
  const { default: library }: { default: Library } = await import('secp256k1/bindings.js')
  return {
    kind: 'native',
    sign(digest, privateKey) {
      const { signature, recid } = library.ecdsaSign(digest, privateKey)
      return toCompact(signature, recid)
    },
    recover(digest, signature) {
      const { rs, parity } = fromCompact(signature)
      return recoverAddress(() => library.ecdsaRecover(rs, parity, digest, false))
    },
    addressOf: (privateKey) => addressOfPublicKey(library.publicKeyCreate(privateKey, false)),
  }
}
