import { encodeReceiptHeader, encodeTensors, type Hex, readChatAnswer, type Tensor } from '@stoa/protocol'
import { StreamBrokenError } from '../errors.ts'
import type { ListedModel } from '../market/market.ts'
import { checkAnswer } from '../tasks/checkAnswer.ts'
import type { Attempt } from './attempt.ts'
import type { CallOffer } from './candidatesOf.ts'
import type { Verdict } from './createJudge.ts'
import type { InferContext, Wanted } from './inferContext.ts'

/** Refusals after which the chain should be read again: what we know of it is old. */
const STALE_CODES: readonly string[] = ['OFFER_CLOSED', 'UNKNOWN_OFFER', 'OVER_DEPOSIT', 'WRONG_SIGNER', 'SEAL_BROKEN']
/** Refusals that say nothing against the provider. */
const BLAMELESS_CODES: readonly string[] = [
  ...STALE_CODES,
  'OVER_EXPOSURE',
  'BAD_REQUEST',
  'UNSUPPORTED',
  'INVALID_TENSOR',
  'BODY_TOO_LARGE',
]

/** The refusal of a seller that has as many calls as it takes. */
export const FULL_CODE = 'OVERLOADED'

/** One attempt: bought, checked, and noted of the seller; `again`: it said of this call before that it is full, which counts once. */
export async function buyUnder(
  context: InferContext,
  wanted: Wanted,
  offer: CallOffer,
  { body, requestDigest }: { body: Uint8Array; requestDigest: Hex },
  again: boolean,
): Promise<Attempt> {
  const { model, request, signal, callerKey } = wanted
  const { buyer, health, live, records, rerunner, turns } = context
  const { listing, units, charge, offerId, provider } = offer
  const sale = { listing, weightsDigest: model.weightsDigest, model: model.name }
  const validUntil = context.validUntil()
  const began = performance.now()
  const pieces = streamOf(wanted)
  const { stream } = pieces
  health.asked(provider)
  live.began(offerId)
  try {
    const bought = await buyer.buy({ sale, units, charge, requestDigest, body, validUntil, stream, callerKey })
    if (bought.kind !== 'refused' && bought.kind !== 'unsent') turns.ended(offerId)
    const attempt = bought.kind === 'answered' ? checkShape(context, wanted, offer, bought) : bought
    if (attempt.kind !== 'answered') {
      if (!again || attempt.code !== FULL_CODE) failed(context, model, offer, attempt)
      if (pieces.begun()) throw new StreamBrokenError(model.name, attempt.message)
      return attempt
    }
    if (isCancelled(wanted, attempt)) {
      signal?.throwIfAborted()
      throw new StreamBrokenError(model.name, 'its connection broke', attempt.verdict.record.receipt.charge)
    }
    const { response, record } = attempt.verdict
    const milliseconds = performance.now() - began
    succeeded(context, model, offer, attempt.verdict)
    records.succeeded(offerId, milliseconds)
    live.succeeded(offerId, { milliseconds, bytes: bytesOf(request) + bytesOf(response) })
    rerunner.consider({ model, request, response, record })
    return attempt
  } finally {
    live.ended(offerId)
    // Where it neither failed nor succeeded, the next call tries.
    health.released(provider)
  }
}

/** The caller's pieces, and whether there was one: then no other seller can go on with the answer. */
function streamOf({ onPiece, signal }: Wanted) {
  let begun = false
  const stream = onPiece && {
    signal,
    onPiece(piece: Uint8Array) {
      begun = true
      onPiece(piece)
    },
  }
  return { stream, begun: () => begun }
}

const bytesOf = (tensors: readonly Tensor[]): number => tensors.reduce((sum, { data }) => sum + data.length, 0)

/** A true receipt for an answer that its task does not know: it is paid for and worth nothing. */
function checkShape(
  { health, evidence, rerunner }: InferContext,
  { model, form, request }: Wanted,
  { listing }: CallOffer,
  bought: Attempt & { kind: 'answered' },
): Attempt {
  try {
    const { verdict, isCut = false } = bought
    checkAnswer(form.task === 'chat' ? { ...form, isCut } : form, request, verdict.response)
    return bought
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    health.distrust(listing.provider.address, message)
    const { record, response } = bought.verdict
    const { receipt, voucher } = record
    evidence.insert({
      provider: listing.provider.address,
      offerId: listing.offerId,
      reason: message,
      voucher,
      requestDigest: receipt.requestDigest,
      receipt: encodeReceiptHeader(receipt),
      answer: encodeTensors(response),
    })
    // Where a contract judges it, the receipt is worth a dispute.
    rerunner.consider({ model, request, response, record }, true)
    return { kind: 'spent', code: 'INVALID_ANSWER', message }
  }
}

/** Whether the answer is as much of a chat as was made before its stream was cut. */
function isCancelled({ form, request }: Wanted, { verdict, isCut }: Attempt & { kind: 'answered' }): boolean {
  return form.task === 'chat' && isCut === true && readChatAnswer(request, verdict.response).finish === 'cancelled'
}

function succeeded({ health, logger }: InferContext, model: ListedModel, offer: CallOffer, verdict: Verdict): void {
  const { provider, offerId } = offer.listing
  health.succeeded(provider.address)
  const { digest: receipt } = verdict.record
  logger({
    type: 'answered',
    model: model.name,
    provider: provider.address,
    offerId,
    receipt,
    costWei: verdict.record.receipt.charge,
  })
}

function failed(
  { health, market, records, live, logger }: InferContext,
  model: ListedModel,
  { listing }: CallOffer,
  attempt: Exclude<Attempt, { kind: 'answered' }>,
): void {
  const { code, message } = attempt
  const { address: provider } = listing.provider
  if (STALE_CODES.includes(code)) market.refreshSoon()
  if (!BLAMELESS_CODES.includes(code)) {
    health.failed(provider, message)
    records.failed(listing.offerId)
    live.failed(listing.offerId)
  }
  logger({ type: 'attempt-failed', model: model.name, provider, offerId: listing.offerId, code, message })
}
