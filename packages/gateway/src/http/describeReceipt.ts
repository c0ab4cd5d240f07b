import { bytesToHex, encodeReceiptHeader } from '@stoa/protocol'
import type { KeptReceipt } from '../store/receiptTable.ts'

/** A receipt as the endpoint shows it (specs/gateway-http.md). `header` and `voucher` are what went over the wire, byte for byte. */
export function describeReceipt({ digest, provider, model, proofKind, receipt, voucher }: KeptReceipt) {
  return {
    digest,
    object: 'stoa.receipt',
    model,
    provider,
    proof_kind: proofKind,
    offer_id: receipt.offerId,
    payer: receipt.payer,
    lane: String(receipt.lane),
    voucher_cumulative: String(receipt.voucherCumulative),
    weights_digest: receipt.weightsDigest,
    request_digest: receipt.requestDigest,
    response_digest: receipt.responseDigest,
    units: String(receipt.units),
    charge: String(receipt.charge),
    charged_cumulative: String(receipt.chargedCumulative),
    requested_at: receipt.requestedAt,
    answered_at: receipt.answeredAt,
    signature: bytesToHex(receipt.signature),
    header: encodeReceiptHeader(receipt),
    voucher,
  }
}
