import { keccak256 } from '#keccak256'
import { type Address, type Hex, hexToBytes } from '../hex.ts'

/** Where a message counts: one contract on one chain. Name "Stoa", version "1" (EIP-712). */
export type Domain = { chainId: number; verifyingContract: Address }

export const DOMAIN_NAME = 'Stoa'
export const DOMAIN_VERSION = '1'

const encoder = new TextEncoder()

const DOMAIN_TYPEHASH = keccak256(
  encoder.encode('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
)
const NAME_HASH = keccak256(encoder.encode(DOMAIN_NAME))
const VERSION_HASH = keccak256(encoder.encode(DOMAIN_VERSION))

/** EIP-712 domain separator; compute once per domain. */
export function domainSeparator({ chainId, verifyingContract }: Domain): Uint8Array {
  return keccak256(words([DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, BigInt(chainId), verifyingContract]))
}

/** keccak256(0x1901 ‖ domain separator ‖ struct hash). */
export function typedDigest(separator: Uint8Array, hash: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(66)
  bytes[0] = 0x19
  bytes[1] = 0x01
  bytes.set(separator, 2)
  bytes.set(hash, 34)
  return keccak256(bytes)
}

export function typeHash(type: string): Uint8Array {
  return keccak256(encoder.encode(type))
}

/** Atomic values as 32-byte words: numbers and addresses to the right, bytes32 as they are. */
export function words(values: readonly (Uint8Array | bigint | Hex)[]): Uint8Array {
  const bytes = new Uint8Array(32 * values.length)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => {
    if (typeof value === 'bigint') {
      // Most numbers here are of one limb; negative ones have all four.
      let rest = value
      for (let limb = 0; limb < 4 && rest !== 0n; limb++) {
        view.setBigUint64(32 * i + 24 - 8 * limb, BigInt.asUintN(64, rest))
        rest >>= 64n
      }
      return
    }
    const part = typeof value === 'string' ? hexToBytes(value) : value
    bytes.set(part, 32 * i + 32 - part.length)
  })
  return bytes
}

/** EIP-712 hash of a struct of atomic members. */
export function structHash(type: Uint8Array, members: Parameters<typeof words>[0]): Uint8Array {
  return keccak256(words([type, ...members]))
}
