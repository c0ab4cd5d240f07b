import { addressOfPublicKey, fromCompact, recoverAddress, toCompact } from './compact.ts'
import type { Secp256k1 } from './secp256k1.ts'

/** libsecp256k1 compiled to WebAssembly, for machines without a prebuilt addon. */
export async function wasmSecp256k1(): Promise<Secp256k1> {
  const library = await import('tiny-secp256k1')
  return {
    kind: 'wasm',
    sign(digest, privateKey) {
      const { signature, recoveryId } = library.signRecoverable(digest, privateKey)
      return toCompact(signature, recoveryId)
    },
    recover(digest, signature) {
      const { rs, parity } = fromCompact(signature)
      return recoverAddress(() => library.recover(digest, rs, parity, false))
    },
    addressOf(privateKey) {
      const publicKey = library.pointFromScalar(privateKey, false)
      if (!publicKey) throw new RangeError('The private key is out of range.')
      return addressOfPublicKey(publicKey)
    },
  }
}
