import { secp256k1 } from '@noble/curves/secp256k1.js'
import { addressOfPublicKey, fromCompact, recoverAddress, toCompact } from './compact.ts'
import type { Secp256k1 } from './secp256k1.ts'

/** Noble's implementation, for browsers: about fifteen times slower than libsecp256k1. */
export function javascriptSecp256k1(): Secp256k1 {
  return {
    kind: 'javascript',
    sign(digest, privateKey) {
      const [parity = 0, ...rs] = secp256k1.sign(digest, privateKey, { prehash: false, format: 'recovered' })
      return toCompact(Uint8Array.from(rs), parity)
    },
    recover(digest, signature) {
      const { rs, parity } = fromCompact(signature)
      return recoverAddress(() => {
        const point = secp256k1.Signature.fromBytes(rs, 'compact').addRecoveryBit(parity).recoverPublicKey(digest)
        return point.toBytes(false)
      })
    },
    addressOf: (privateKey) => addressOfPublicKey(secp256k1.getPublicKey(privateKey, false)),
  }
}
