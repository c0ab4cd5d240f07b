import { keccak256 } from '#keccak256'
import { BaseError } from '../errors.ts'
import { type Address, bytesToHex } from '../hex.ts'

/** Bytes that are no valid signature of the digest. */
export class InvalidSignatureError extends BaseError {
  override name = 'InvalidSignatureError'
  constructor(why: string, cause?: unknown) {
    super(`Invalid signature: ${why}.`, { code: 'INVALID_SIGNATURE', hint: 'Sign again with a registered key.', cause })
  }
}

/** Half the group order, big-endian (SEC 2, section 2.4.1): s above it is the malleable twin. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** EIP-2098: (r ‖ s, parity) → r ‖ yParityAndS. */
export function toCompact(rs: Uint8Array, parity: number): Uint8Array {
  const compact = Uint8Array.from(rs)
  if (parity === 1) compact[32] = (compact[32] ?? 0) | 0x80
  return compact
}

/** EIP-2098: r ‖ yParityAndS → (r ‖ s, parity). Throws `InvalidSignatureError` for another length or a high s. */
export function fromCompact(compact: Uint8Array): { rs: Uint8Array; parity: 0 | 1 } {
  if (compact.length !== 64) throw new InvalidSignatureError(`${compact.length} bytes, 64 are needed`)
  const rs = Uint8Array.from(compact)
  const top = rs[32] ?? 0
  rs[32] = top & 0x7f
  if (BigInt(bytesToHex(rs.subarray(32))) > HALF_ORDER) throw new InvalidSignatureError('s is not the low one')
  return { rs, parity: top & 0x80 ? 1 : 0 }
}

/** Address of an uncompressed public key (65 bytes, 0x04 first). */
export function addressOfPublicKey(publicKey: Uint8Array): Address {
  return bytesToHex(keccak256(publicKey.subarray(1)).subarray(12))
}

/** Runs `recover`, whose failure means that the signature is no good. */
export function recoverAddress(recover: () => Uint8Array | null): Address {
  let publicKey: Uint8Array | null
  try {
    publicKey = recover()
  } catch (error) {
    throw new InvalidSignatureError('no key recovers', error)
  }
  if (!publicKey) throw new InvalidSignatureError('no key recovers')
  return addressOfPublicKey(publicKey)
}
