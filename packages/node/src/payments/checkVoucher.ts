import type { Address } from '@stoa/protocol'
import { InvalidSignatureError } from '@stoa/protocol/secp256k1'
import { VoucherExpiredError, VoucherTooLongError, WrongSignerError } from './errors.ts'
import { type Payments, secondOf } from './payments.ts'
import type { ReadVoucher } from './readVoucher.ts'

/**
 * Checks what the voucher says by itself, and returns who signed it. Throws VOUCHER_EXPIRED, VOUCHER_TOO_LONG, and WRONG_SIGNER for a
 * signature that recovers to nobody.
 */
export function checkVoucher(payments: Payments, { voucher, digest }: ReadVoucher): Address {
  const { validUntil, payer } = voucher
  const { intervalSeconds, maxVoucherValidity } = payments.terms
  const now = secondOf(payments)
  if (validUntil < now + intervalSeconds) throw new VoucherExpiredError(validUntil, now + intervalSeconds)
  if (validUntil > now + maxVoucherValidity) throw new VoucherTooLongError(validUntil, now + maxVoucherValidity)
  try {
    return payments.secp256k1.recover(digest, voucher.signature)
  } catch (error) {
    if (error instanceof InvalidSignatureError) throw new WrongSignerError(payer, undefined, error)
    throw error
  }
}
