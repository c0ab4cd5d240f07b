import {
  type Address,
  bytesToHex,
  chargedUnits,
  chargeFor,
  decodeTensors,
  encodeTensors,
  type Hex,
  type Tensor,
  tensorsDigest,
  type UnitBounds,
  unitsOfRequest,
} from '@stoa/protocol'
import type { PayerView } from '../chain/payerViews.ts'
import { ModelFailedError } from '../models/errors.ts'
import { packRequest } from '../store/packRequest.ts'
import { admitCall } from './admitCall.ts'
import { checkVoucher } from './checkVoucher.ts'
import { completeCall } from './completeCall.ts'
import { LaneBusyError, OfferClosedError, VoucherRefusedError, WrongSignerError } from './errors.ts'
import { type PaidAnswer, type Payments, type Sale, secondOf } from './payments.ts'
import { type ReadVoucher, readVoucher } from './readVoucher.ts'
import { findOwnAnswer, replayAnswer } from './replayAnswer.ts'
import { withPayerView } from './withPayerView.ts'

export type AcceptPaymentParameters = {
  /** The header `stoa-voucher`, if there is one. */
  voucher: string | undefined
  /** Reads the body, encoded tensors, on the payer's account. Called once the voucher is good. */
  body: (payer: Address) => Uint8Array | Promise<Uint8Array>
  /** Computes the answer. When it rejects nothing is charged. */
  answer: (sale: Sale, request: Tensor[]) => Tensor[] | Promise<Tensor[]>
}

/**
 * One paid call from voucher to receipt (specs/voucher.md "What a seller checks"): everything but HTTP and the model. Throws a
 * `RefusedCallError`, `MalformedMessageError` or `InvalidTensorError`, or what `answer` throws; then nothing was charged, and nothing will be: the voucher is refused from then on. Throws LANE_BUSY while that is
 * not certain, and what the store throws where it can't be written down.
 */
export async function acceptPayment(payments: Payments, call: AcceptPaymentParameters): Promise<PaidAnswer> {
  const read = readVoucher(payments, call.voucher)
  if (payments.store.findAnswer(read.digest)) {
    // Refused before there is memory for a body: a voucher signed otherwise than the one that was answered.
    findOwnAnswer(payments, read)
    return replayAnswer(payments, read, readRequest(await call.body(read.voucher.payer)).digest)
  }

  requireUnrefused(payments, read)

  const { underWay } = payments
  const key = bytesToHex(read.voucher.signature)
  underWay.set(key, (underWay.get(key) ?? 0) + 1)
  try {
    return await answerNew(payments, call, read)
  } catch (error) {
    throw await refuse(payments, read, error)
  } finally {
    const others = (underWay.get(key) ?? 1) - 1
    if (others > 0) underWay.set(key, others)
    else underWay.delete(key)
  }
}

/** Throws VOUCHER_REFUSED. */
function requireUnrefused({ store }: Payments, { voucher }: ReadVoucher): void {
  if (store.isRefused(voucher.signature)) throw new VoucherRefusedError()
}

/**
 * Makes the refusal of a call final before anybody is told of it: something between buyer and seller may deliver the call a second time, when it could be answered. What to say instead where it is not final:
 * another call has the lane, or the same one came twice and its twin may still be answered.
 */
async function refuse(
  { store, underWay }: Payments,
  { voucher, digest }: ReadVoucher,
  error: unknown,
): Promise<unknown> {
  if (error instanceof LaneBusyError || error instanceof VoucherRefusedError) return error
  if ((underWay.get(bytesToHex(voucher.signature)) ?? 0) > 1) return new LaneBusyError(voucher)
  if (!store.findAnswer(digest)) await store.refuseVoucher(voucher)
  return error
}

async function answerNew(payments: Payments, call: AcceptPaymentParameters, read: ReadVoucher): Promise<PaidAnswer> {
  const signer = checkVoucher(payments, read)
  const account = { payments, read, signer, startedAt: payments.now() }
  await withPayerView(account, (view) => checkKey(payments, read, signer, view))
  if (!(await payments.isOpen(read.served.offerId))) throw new OfferClosedError(read.served.offerId)

  const request = readRequest(await call.body(read.voucher.payer))
  const requestedAt = secondOf(payments)
  const { offer } = read.served
  const bounds = unitsOfRequest(offer.unit, request.tensors)
  const admission = await withPayerView(account, (view) => {
    checkKey(payments, read, signer, view)
    // The same call may have come, and been answered, while this one was being read.
    if (payments.store.findAnswer(read.digest)) return undefined
    requireUnrefused(payments, read)
    return admitCall(payments, read, chargeFor(bounds.most, offer.price), view)
  })
  if (!admission) return replayAnswer(payments, read, request.digest)

  try {
    const [tensors, keptRequest] = await Promise.all([
      call.answer({ ...read.served, payer: read.voucher.payer }, request.tensors),
      read.served.judgedSeconds ? packRequest(request.body) : undefined,
    ])
    const units = countUnits(bounds, tensors)
    const charge = chargeFor(units, offer.price)
    const { digest: requestDigest } = request
    const answer = { ...encodeResponse(tensors), keptRequest, requestDigest, units, charge, requestedAt }
    const receipt = await completeCall(payments, read, admission, answer)
    return { receipt, response: answer.response, replayed: false }
  } finally {
    payments.book.release(admission.lane)
  }
}

/** The key has to count until what it signed is settled. */
function checkKey(payments: Payments, { voucher }: ReadVoucher, signer: Address, view: PayerView): void {
  const validUntil = view.keys.get(signer) ?? 0
  const needed = secondOf(payments) + payments.terms.intervalSeconds
  if (validUntil < needed) throw new WrongSignerError(voucher.payer, signer)
}

/** A count beyond what the request allows is the model's fault, not the buyer's. */
function countUnits(bounds: UnitBounds, response: readonly Tensor[]): bigint {
  try {
    return chargedUnits(bounds, response)
  } catch (error) {
    throw new ModelFailedError(error)
  }
}

/** What is wrong with an answer's tensors is the model's fault, not the buyer's. */
function encodeResponse(tensors: readonly Tensor[]): { response: Uint8Array; responseDigest: Hex } {
  try {
    return { response: encodeTensors(tensors), responseDigest: tensorsDigest(tensors) }
  } catch (error) {
    throw new ModelFailedError(error)
  }
}

function readRequest(body: Uint8Array): { body: Uint8Array; tensors: Tensor[]; digest: Hex } {
  const tensors = decodeTensors(body)
  return { body, tensors, digest: tensorsDigest(tensors) }
}
