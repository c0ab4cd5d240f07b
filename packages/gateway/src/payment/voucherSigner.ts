import { type Address, domainSeparator, type SignedVoucher, type Voucher, voucherDigest } from '@stoa/protocol'
import type { Secp256k1 } from '@stoa/protocol/secp256k1'

export type VoucherSignerParameters = {
  secp256k1: Secp256k1
  /** 32-byte private key that the payer registered as a session key. */
  sessionKey: Uint8Array
  chainId: number
  escrow: Address
}

export type VoucherSigner = {
  /** Address of the session key. */
  readonly key: Address
  sign(voucher: Voucher): SignedVoucher
  /** EIP-712 digest, by which a node finds the stored answer. */
  digest(voucher: Voucher): Uint8Array
}

/** Signs vouchers under one escrow (specs/voucher.md). Throws `RangeError` for a key that is none. */
export function voucherSigner({ secp256k1, sessionKey, chainId, escrow }: VoucherSignerParameters): VoucherSigner {
  const separator = domainSeparator({ chainId, verifyingContract: escrow })
  return {
    key: secp256k1.addressOf(sessionKey),
    sign: (voucher) => ({
      ...voucher,
      chainId,
      escrow,
      signature: secp256k1.sign(voucherDigest(separator, voucher), sessionKey),
    }),
    digest: (voucher) => voucherDigest(separator, voucher),
  }
}
