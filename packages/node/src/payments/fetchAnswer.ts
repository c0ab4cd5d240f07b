import { bytesToHex, MalformedMessageError } from '@stoa/protocol'
import { LaneBusyError, VoucherPublicError, VoucherRefusedError } from './errors.ts'
import type { PaidAnswer, Payments } from './payments.ts'
import { readVoucher } from './readVoucher.ts'
import { findOwnAnswer } from './replayAnswer.ts'

/**
 * The stored answer to the call that a voucher paid for, without the request. The voucher is the proof that the answer is the
 * caller's, and is one only until the chain shows it to everybody: after settlement the request itself has to be shown.
 *
 * Throws VOUCHER_MISSING, MALFORMED_MESSAGE, WRONG_CHAIN, UNKNOWN_OFFER, UNKNOWN_ANSWER, VOUCHER_REFUSED, LANE_BUSY, WRONG_SIGNER, VOUCHER_REPLAYED.
 */
export function fetchAnswer(payments: Payments, voucherDigest: string, header: string | undefined): PaidAnswer {
  const read = readVoucher(payments, header)
  if (bytesToHex(read.digest) !== voucherDigest.toLowerCase())
    throw new MalformedMessageError('address', `the voucher's digest is ${bytesToHex(read.digest)}`)
  // An answer that is on its way is not unknown: the caller must not take the call for one that was not charged.
  const isUnderWay =
    payments.underWay.has(bytesToHex(read.voucher.signature)) ||
    payments.book.find(read.voucher)?.reserved !== undefined
  const { store } = payments
  if (!store.findAnswer(read.digest)) {
    if (isUnderWay) throw new LaneBusyError(read.voucher)
    if (store.isRefused(read.voucher.signature)) throw new VoucherRefusedError()
  }
  const { answer, receipt } = findOwnAnswer(payments, read)
  if (answer.published) throw new VoucherPublicError()
  return { receipt, response: answer.response, replayed: true }
}
