import {
  decodeReceiptHeader,
  decodeVoucherHeader,
  isDirectLane,
  receiptDigest,
  type SignedReceipt,
  type SignedVoucher,
  voucherDigest,
} from '@stoa/protocol'
import { InvalidSignatureError, type Secp256k1 } from '@stoa/protocol/secp256k1'
import { type Payments, secondOf } from '../payments/payments.ts'

/** A lane's last voucher and receipt, as their headers (specs/recovery.md). */
export type LanePair = { voucher: string; receipt: string }

/** `known`: the store had as much of the lane. */
export type TakenLanes = { taken: number; known: number; refused: number }

/**
 * Takes up debts that this node has forgotten and itself once signed for, as buyers return them. A pair that is not of this node, has run out or does not fit together is refused. Throws
 * `MalformedMessageError` for headers that are none; what came before them is taken.
 */
export function takeLanes(payments: Payments, pairs: readonly LanePair[]): TakenLanes {
  const done: TakenLanes = { taken: 0, known: 0, refused: 0 }
  for (const pair of pairs) {
    const voucher = decodeVoucherHeader(pair.voucher)
    const receipt = decodeReceiptHeader(pair.receipt)
    done[isOurs(payments, voucher, receipt) ? take(payments, voucher, receipt) : 'refused']++
  }
  return done
}

function isOurs(payments: Payments, voucher: SignedVoucher, receipt: SignedReceipt): boolean {
  const { chainId, escrow, secp256k1, signerKey, voucherDomain, receiptDomain } = payments
  const fits =
    voucher.chainId === chainId &&
    voucher.escrow === escrow &&
    voucher.validUntil > secondOf(payments) &&
    voucher.payer === receipt.payer &&
    voucher.offerId === receipt.offerId &&
    voucher.lane === receipt.lane &&
    voucher.maxCumulative === receipt.voucherCumulative &&
    receipt.chargedCumulative <= voucher.maxCumulative &&
    !isDirectLane(voucher.lane)
  if (!fits) return false
  const signer = signerOf(secp256k1, receiptDigest(receiptDomain, receipt), receipt.signature)
  if (signer !== secp256k1.addressOf(signerKey)) return false
  // Whose key it is the escrow decides when it is claimed.
  return signerOf(secp256k1, voucherDigest(voucherDomain, voucher), voucher.signature) !== undefined
}

function take(payments: Payments, voucher: SignedVoucher, receipt: SignedReceipt): 'taken' | 'known' {
  const { store, book } = payments
  const { payer, offerId, lane, chargedCumulative } = receipt
  const id = { payer, offerId, lane }
  const known = store.findLane(id)
  if (known && known.charged >= chargedCumulative) return 'known'
  const { maxCumulative, validUntil, signature } = voucher
  const digest = voucherDigest(payments.voucherDomain, voucher)
  store.takeUpLane({
    ...id,
    voucher: { maxCumulative, validUntil, signature, digest },
    charged: chargedCumulative,
    answeredAt: receipt.answeredAt,
  })
  const lanes = store.findLane(id)
  if (lanes) book.set(lanes)
  return 'taken'
}

function signerOf(secp256k1: Secp256k1, digest: Uint8Array, signature: Uint8Array) {
  try {
    return secp256k1.recover(digest, signature)
  } catch (error) {
    if (error instanceof InvalidSignatureError) return undefined
    throw error
  }
}
