import { type Hex, RECEIPT_VERSION, type Receipt, receiptDigest, type SignedReceipt } from '@stoa/protocol'
import type { Admission } from './admitCall.ts'
import { type Payments, secondOf } from './payments.ts'
import type { ReadVoucher } from './readVoucher.ts'

/** What was answered. */
export type Answer = {
  requestDigest: Hex
  responseDigest: Hex
  units: bigint
  /** Wei; at most what was reserved for the call. */
  charge: bigint
  /** Unix second at which the request was complete. */
  requestedAt: number
  /** Encoded tensors. */
  response: Uint8Array
  /** Of an answer that a contract can judge: the request as it is kept (`packRequest`). */
  keptRequest: Uint8Array | undefined
}

/**
 * Charges an admitted call: signs the receipt and stores it with voucher and answer in one commit. When this rejects nothing was
 * charged. The lane stays held; whoever admitted the call frees it.
 */
export async function completeCall(
  payments: Payments,
  read: ReadVoucher,
  admission: Admission,
  answer: Answer,
): Promise<SignedReceipt> {
  const { book, store } = payments
  const { voucher, digest, served } = read
  const { lane } = admission
  const { charge } = answer
  const receipt: Receipt = {
    version: RECEIPT_VERSION,
    ...lane,
    voucherCumulative: voucher.maxCumulative,
    weightsDigest: served.weightsDigest,
    requestDigest: answer.requestDigest,
    responseDigest: answer.responseDigest,
    units: answer.units,
    charge,
    chargedCumulative: admission.charged + charge,
    requestedAt: answer.requestedAt,
    answeredAt: Math.max(secondOf(payments), answer.requestedAt),
  }
  const signature = payments.secp256k1.sign(receiptDigest(payments.receiptDomain, receipt), payments.signerKey)
  const signed = { ...receipt, signature }
  // A settlement may have been confirmed while the model ran.
  const settledNow = () => book.find(lane)?.settled ?? 0n
  const { maxCumulative, validUntil } = voucher
  await store.saveAnswer({
    voucher: { maxCumulative, validUntil, signature: voucher.signature, digest },
    settled: settledNow(),
    receipt: signed,
    response: answer.response,
    judged:
      served.judgedSeconds && answer.keptRequest
        ? { request: answer.keptRequest, keepUntil: receipt.answeredAt + served.judgedSeconds }
        : undefined,
  })
  book.set({ ...lane, charged: receipt.chargedCumulative, settled: settledNow() })
  return signed
}
