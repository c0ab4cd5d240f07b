import { type Hex, unpackReceipt } from '@stoa/protocol'
import { UnknownAnswerError, VoucherReplayedError, WrongSignerError } from './errors.ts'
import type { PaidAnswer, Payments } from './payments.ts'
import type { ReadVoucher } from './readVoucher.ts'

/**
 * The stored answer to the call that this voucher paid for. Throws UNKNOWN_ANSWER, VOUCHER_REPLAYED when it paid for another request, and
 * WRONG_SIGNER when it is signed otherwise than it was then: who sends the voucher itself is who was answered.
 */
export function replayAnswer(payments: Payments, read: ReadVoucher, requestDigest: Hex): PaidAnswer {
  const { receipt, answer } = findOwnAnswer(payments, read)
  if (answer.requestDigest !== requestDigest) {
    const { chargedCumulative, voucherCumulative } = receipt
    throw new VoucherReplayedError({ chargedCumulative, voucherCumulative })
  }
  return { receipt, response: answer.response, replayed: true }
}

/** The stored answer of the voucher, whatever was asked. Throws UNKNOWN_ANSWER, WRONG_SIGNER. */
export function findOwnAnswer({ store }: Payments, { voucher, digest }: ReadVoucher) {
  const answer = store.findAnswer(digest)
  if (!answer) throw new UnknownAnswerError()
  if (Buffer.compare(answer.voucherSignature, voucher.signature) !== 0)
    throw new WrongSignerError(voucher.payer, undefined)
  return { answer, receipt: unpackReceipt(answer.receipt) }
}
