import {
  chargedUnits,
  directLaneOf,
  encodeTensors,
  type Hex,
  packReceipt,
  RECEIPT_VERSION,
  receiptDigest,
  type Tensor,
  tensorsDigest,
  type UnitBounds,
  unpackReceipt,
} from '@stoa/protocol'
import type { DirectPayment } from '@stoa/sdk'
import { ModelFailedError } from '../models/errors.ts'
import { OfferClosedError } from '../payments/errors.ts'
import { type Sale, type ServedOffer, secondOf } from '../payments/payments.ts'
import type { DirectSale } from '../store/directTable.ts'
import { packRequest } from '../store/packRequest.ts'
import type { CheckedPayment, DirectPayments, DirectRequest, PaidSale } from './directPayments.ts'
import { PaymentRefusedError, PaymentReplayedError } from './errors.ts'
import { paymentKey } from './paymentKey.ts'

export type DirectCall = {
  /** By the terms that the request has now: its amount is what `served` asks for it. Addresses, ids and signature in lower case. */
  payment: DirectPayment
  served: ServedOffer
  request: DirectRequest
  bounds: UnitBounds
  /** Computes the answer. When it rejects nothing is charged. */
  answer: (sale: Sale, request: readonly Tensor[]) => Promise<Tensor[]>
}

/** Longest that a payment may be good for: its answer is kept as long. */
const LONGEST_SECONDS = 86_400n

/**
 * One call paid by signed transfer (specs/x402.md, "exact"): checked, answered, stored, settled, delivered, in this order, taken up wherever an
 * earlier attempt ended. Throws PAYMENT_REFUSED, PAYMENT_REPLAYED, PAYMENT_PENDING, OFFER_CLOSED, CHAIN_UNAVAILABLE, or what `answer` throws; then
 * nothing was charged that the same call would not bring the answer for.
 */
export async function acceptDirect(direct: DirectPayments, call: DirectCall): Promise<PaidSale> {
  const { underWay } = direct
  const key = paymentKey(call.payment)
  const twin = underWay.get(key)
  if (twin) {
    requireSame(call, twin)
    return { ...(await twin.sale), replayed: true }
  }
  const { payment, request } = call
  const sale = serve(direct, call)
  underWay.set(key, { payment, requestDigest: request.digest, sale, reserved: payment.amount })
  try {
    return await sale
  } finally {
    underWay.delete(key)
  }
}

async function serve(direct: DirectPayments, call: DirectCall): Promise<PaidSale> {
  const found = direct.payments.store.findDirect(call.payment.payer, call.payment.nonce)
  if (found) requireSame(call, found)
  const sale = found ?? (await answerCall(direct, call))
  const mine = direct.underWay.get(paymentKey(call.payment))
  if (mine) mine.reserved = 0n
  const hash = sale.settledBy ?? (await direct.settlement.settle(sale))
  return { receipt: unpackReceipt(sale.receipt), response: sale.response, hash, replayed: found !== undefined }
}

/** One payment is for one request: whoever shows the same payment and the same request is who was answered. */
function requireSame({ payment, request }: DirectCall, was: { payment: DirectPayment; requestDigest: Hex }): void {
  const members = ['offerId', 'amount', 'validAfter', 'validBefore', 'signature'] as const
  const same = members.every((member) => was.payment[member] === payment[member])
  if (!same || was.requestDigest !== request.digest) throw new PaymentReplayedError()
}

/** Checks the payment, runs the model, and stores both with the receipt. */
async function answerCall(direct: DirectPayments, call: DirectCall): Promise<DirectSale> {
  const { payments } = direct
  const { payment, served, request } = call
  checkTimes(direct, payment)
  checkLane(direct, payment)
  if (!(await payments.isOpen(served.offerId))) throw new OfferClosedError(served.offerId)
  const checked = await direct.check(payment, reservedBy(direct, payment))
  const requestedAt = secondOf(payments)
  const [tensors, keptRequest] = await Promise.all([
    call.answer({ ...served, payer: payment.payer }, request.tensors),
    served.judgedSeconds ? packRequest(request.body) : undefined,
  ])
  const answer = encodeAnswer(call.bounds, tensors)
  return saveSale(direct, call, { ...answer, ...checked, keptRequest, requestedAt })
}

function checkTimes({ payments, neededSeconds }: DirectPayments, { validBefore }: DirectPayment): void {
  const now = BigInt(secondOf(payments))
  const needed = now + BigInt(neededSeconds)
  if (validBefore < needed)
    throw new PaymentRefusedError(`it ends at ${validBefore}, and at least ${needed} is needed (unix seconds)`)
  if (validBefore > now + LONGEST_SECONDS) throw new PaymentRefusedError('it is valid for more than a day')
}

/** A receipt's payer, offer and lane name one call. Stock clients draw 32 random bytes; only somebody who means to meets the end of a nonce again. */
function checkLane({ payments }: DirectPayments, { payer, offerId, nonce }: DirectPayment): void {
  const taken = payments.store.nonceOnLane({ payer, offerId, lane: directLaneOf(nonce) })
  if (taken) throw new PaymentRefusedError('its nonce ends as that of another payment does')
}

/** Wei of the payer that other calls under way count on. */
function reservedBy({ underWay }: DirectPayments, { payer, nonce }: DirectPayment): bigint {
  const others = [...underWay.values()].filter(({ payment }) => payment.payer === payer && payment.nonce !== nonce)
  return others.reduce((sum, { reserved }) => sum + reserved, 0n)
}

/** What is wrong with an answer is the model's fault, not the buyer's. */
function encodeAnswer(bounds: UnitBounds, tensors: readonly Tensor[]) {
  try {
    chargedUnits(bounds, tensors)
    return { response: encodeTensors(tensors), responseDigest: tensorsDigest(tensors) }
  } catch (error) {
    throw new ModelFailedError(error)
  }
}

type Answered = CheckedPayment & {
  response: Uint8Array
  responseDigest: Hex
  /** Of an answer that a contract can judge: the request as it is kept (`packRequest`). */
  keptRequest: Uint8Array | undefined
  requestedAt: number
}

function saveSale({ payments }: DirectPayments, call: DirectCall, answered: Answered): DirectSale {
  const { payment, served, request, bounds } = call
  const { payer, offerId, nonce, amount } = payment
  const { response, responseDigest, keptRequest, requestedAt, fromBlock } = answered
  const receipt = {
    version: RECEIPT_VERSION,
    ...{ offerId, payer, lane: directLaneOf(nonce), weightsDigest: served.weightsDigest },
    ...{ voucherCumulative: amount, charge: amount, chargedCumulative: amount, units: bounds.most },
    ...{ requestDigest: request.digest, responseDigest, requestedAt },
    answeredAt: Math.max(secondOf(payments), requestedAt),
  }
  const signature = payments.secp256k1.sign(receiptDigest(payments.receiptDomain, receipt), payments.signerKey)
  const sale: DirectSale = {
    ...{ payment, lane: receipt.lane, requestDigest: request.digest, receipt: packReceipt({ ...receipt, signature }) },
    ...{ response, answeredAt: receipt.answeredAt, fromBlock, settledBy: undefined },
  }
  const { judgedSeconds } = served
  const keepUntil = receipt.answeredAt + (judgedSeconds ?? 0)
  payments.store.saveDirect(sale, keptRequest && { request: keptRequest, keepUntil })
  return sale
}
