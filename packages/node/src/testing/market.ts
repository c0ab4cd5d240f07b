import { randomBytes } from 'node:crypto'
import {
  type Address,
  bytesToHex,
  domainSeparator,
  encodeTensors,
  encodeVoucherHeader,
  type Hex,
  type Offer,
  type SignedVoucher,
  textTensor,
  type Voucher,
  voucherDigest,
} from '@stoa/protocol'
import type { Secp256k1 } from '@stoa/protocol/secp256k1'

const ZERO_ADDRESS: Address = `0x${'0'.repeat(40)}`
const ZERO_BYTES32: Hex = `0x${'0'.repeat(64)}`

export const CHAIN_ID = 31_337
export const ESCROW: Address = '0x00000000000000000000000000000000000e5c40'
export const PROVIDER_REGISTRY: Address = '0x0000000000000000000000000000000000009e61'

/** An attested offer by the byte of text: `price` wei per million bytes. */
export function anOffer(changes: Partial<Offer> = {}): Offer {
  return {
    provider: '0x00000000000000000000000000000000000005e1',
    payee: '0x00000000000000000000000000000000000005e1',
    modelId: 1n,
    modelVersion: 1,
    unit: 'byte',
    price: 1_000_000n,
    ownerSharePpm: 0,
    proofKind: 'attested',
    arbiter: ZERO_ADDRESS,
    profile: ZERO_BYTES32,
    escrow: ESCROW,
    sink: ZERO_ADDRESS,
    exposure: 1_000n,
    slashCap: 0n,
    terms: ZERO_BYTES32,
    salt: ZERO_BYTES32,
    ...changes,
  }
}

/** A request of so many bytes of text, encoded. */
export function aRequest(text: string): Uint8Array {
  return encodeTensors([textTensor('text', text)])
}

/** Signs vouchers as a gateway does. */
export function createBuyer(secp256k1: Secp256k1, domain: { chainId: number; escrow: Address }) {
  const privateKey = randomBytes(32)
  const separator = domainSeparator({ chainId: domain.chainId, verifyingContract: domain.escrow })
  const sign = (voucher: Voucher, key: Uint8Array = privateKey): SignedVoucher => ({
    ...voucher,
    ...domain,
    signature: secp256k1.sign(voucherDigest(separator, voucher), key),
  })
  return {
    key: secp256k1.addressOf(privateKey),
    digest: (voucher: Voucher): Hex => bytesToHex(voucherDigest(separator, voucher)),
    sign,
    header: (voucher: Voucher, key?: Uint8Array): string => encodeVoucherHeader(sign(voucher, key)),
  }
}
