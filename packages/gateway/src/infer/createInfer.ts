import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Address,
  encodeReceiptHeader,
  encodeTensors,
  type Hex,
  readChatAnswer,
  type SignedReceipt,
  type Tensor,
  tensorsDigest,
} from '@stoa/protocol'
import type { Deployment } from '@stoa/sdk'
import { BudgetExceededError, type FailedAttempt, StreamBrokenError, TooManyCallsError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Market } from '../market/createMarket.ts'
import type { Health } from '../market/health.ts'
import type { ListedModel } from '../market/market.ts'
import type { TrackRecords } from '../market/trackRecords.ts'
import type { Rerunner } from '../rerun/createRerunner.ts'
import type { LiveStats } from '../routing/liveStats.ts'
import type { EvidenceTable } from '../store/evidenceTable.ts'
import type { KeptReceipt } from '../store/receiptTable.ts'
import { type AnswerForm, checkAnswer } from '../tasks/checkAnswer.ts'
import type { ModelTexts } from '../texts/modelTexts.ts'
import type { AccountWatch } from '../watch/createAccountWatch.ts'
import { type Asked, type AskOffersResult, askOffers } from './askOffers.ts'
import type { Attempt } from './attempt.ts'
import { type CallOffer, leastCharge } from './candidatesOf.ts'
import type { Buyer } from './createBuyer.ts'
import type { Verdict } from './createJudge.ts'
import { failureOf } from './failure.ts'
import { type CallPlan, type CallWishes, type PlanCallContext, planCall } from './planCall.ts'

export type InferParameters = CallWishes & {
  /** `name` or `name@modelId`. */
  model: string
  /** Aborting stops further attempts. A call under way is finished all the same, so that what was paid for is recorded; a chat that comes in pieces is cut (specs/backends.md). */
  signal?: AbortSignal
}

export type InferResult = {
  response: Tensor[]
  receipt: SignedReceipt
  /** The receipt as it is kept, with its digest and the voucher that paid. */
  record: KeptReceipt
  offerId: Hex
  provider: Address
  /** Wei that the receipt charges. */
  costWei: bigint
  model: ListedModel
  /** Another offer that was asked beside this one, and may still charge up to its ceiling. */
  hedge?: { offerId: Hex; provider: Address; atMostWei: bigint }
}

export type Infer = {
  infer(parameters: InferParameters): Promise<InferResult>
  /** Resolves when no call is in flight. */
  idle(): Promise<void>
}

export type CreateInferParameters = PlanCallContext & {
  market: Pick<Market, 'find' | 'refreshSoon'>
  health: Health
  records: Pick<TrackRecords, 'of' | 'succeeded' | 'failed'>
  account: Pick<AccountWatch, 'cover' | 'available'>
  buyer: Buyer
  rerunner: Pick<Rerunner, 'consider'>
  texts: Pick<ModelTexts, 'factsOf'>
  evidence: EvidenceTable
  deployment: Deployment
  payer: Address
  key: Address
  live: LiveStats
  /** Unix second until which a voucher signed now is good. */
  validUntil: () => number
  maxInFlight: number
  logger: Logger
}

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

/** One call: what is asked of which model, and what its answer must look like. */
type Wanted = {
  model: ListedModel
  form: AnswerForm
  request: readonly Tensor[]
  signal: AbortSignal | undefined
  onPiece: ((piece: Uint8Array) => void) | undefined
  callerKey: string | undefined
}

/**
 * The gateway's verb: finds the model, asks the offers that the rules leave, in their order, until one answers. An answer is
 * returned only after every check; `costWei` is the receipt's charge.
 */
export function createInfer(context: CreateInferParameters): Infer {
  const { market, account, maxInFlight } = context
  const inFlight = new Set<Promise<unknown>>()
  const track = (work: Promise<unknown>) => {
    inFlight.add(work)
    const done = () => inFlight.delete(work)
    work.then(done, done)
  }

  const call = async (parameters: InferParameters): Promise<InferResult> => {
    const { request, callerKey, signal, onPiece } = parameters
    const model = await market.find(parameters.model)
    const form = await formOf(context.texts, model)
    const plan = planCall(context, model, parameters)
    await account.cover(leastCharge(plan.ranked))
    const { offer, result, beside } = await tryEach(context, { model, form, request, signal, onPiece, callerKey }, plan)
    const [other] = beside
    for (const { done } of beside) track(done)
    const { response, record } = result
    const { receipt } = record
    return {
      ...{
        response,
        receipt,
        record,
        offerId: offer.offerId,
        provider: offer.provider,
        costWei: receipt.charge,
        model,
      },
      ...(other && {
        hedge: { offerId: other.offer.offerId, provider: other.offer.provider, atMostWei: other.offer.charge },
      }),
    }
  }

  return {
    async infer(parameters) {
      if (inFlight.size >= maxInFlight) throw new TooManyCallsError(maxInFlight)
      parameters.signal?.throwIfAborted()
      const work = call(parameters)
      track(work)
      return unlessAborted(work, parameters.signal)
    },
    async idle() {
      // What a call leaves under way beside its answer is there when the call ends.
      while (inFlight.size > 0) await Promise.allSettled(inFlight)
    },
  }
}

/** Asked for before anything is paid: an answer that nobody here can read is worth nothing. */
async function formOf(texts: Pick<ModelTexts, 'factsOf'>, model: ListedModel): Promise<AnswerForm> {
  const { task, profile } = model.card
  if (task === 'chat') return { task, isCut: false }
  if (task === 'generate') return { task, facts: await texts.factsOf(model) }
  return task === 'embedding' ? { task, isExact: profile !== undefined } : { task }
}

async function tryEach(
  context: CreateInferParameters,
  wanted: Wanted,
  { ranked, ceiling, hedgeAfter }: CallPlan,
): Promise<AskOffersResult<CallOffer, Verdict>> {
  const { account, deployment, payer, key } = context
  const { model, request, signal } = wanted
  const encoded = { body: encodeTensors(request), requestDigest: tensorsDigest(request) }
  const attempts: (FailedAttempt & { spent: boolean })[] = []
  const ask = async (offer: CallOffer): Promise<Asked<Verdict>> => {
    const attempt = await buyUnder(context, wanted, offer, encoded).catch((error: unknown) => {
      // By itself it says that nothing was charged, which a voucher of this call may be that got lost before.
      const isNoRoom = error instanceof TooManyCallsError || error instanceof BudgetExceededError
      if (isNoRoom && attempts.some(({ spent }) => spent)) return undefined
      throw error
    })
    if (!attempt) return { kind: 'unsent' }
    if (attempt.kind === 'answered') return { kind: 'answered', result: attempt.verdict }
    const { kind, code, message } = attempt
    attempts.push({ provider: offer.provider, offerId: offer.offerId, code, message, spent: kind === 'spent' })
    return { kind }
  }
  const chargeOf = ({ charge }: CallOffer) => charge
  const answered = await askOffers({ ranked, ask, chargeOf, ceiling, hedgeAfter, wait, signal })
  if (answered) return answered
  const needed = ranked[0]?.charge ?? 0n
  const { escrow } = deployment
  throw failureOf({ model: model.name, attempts, payer, escrow, key, needed, available: account.available() })
}

/** A call that is under way keeps the process, not its hedge. */
const wait = (milliseconds: number, signal: AbortSignal) =>
  sleep(milliseconds, undefined, { signal, ref: false }).catch(() => {})

/** One attempt: bought, checked, and noted of the seller. */
async function buyUnder(
  context: CreateInferParameters,
  wanted: Wanted,
  offer: CallOffer,
  { body, requestDigest }: { body: Uint8Array; requestDigest: Hex },
): Promise<Attempt> {
  const { model, request, signal, callerKey } = wanted
  const { buyer, health, live, records, rerunner } = context
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
    const attempt = bought.kind === 'answered' ? checkShape(context, wanted, offer, bought) : bought
    if (attempt.kind !== 'answered') {
      failed(context, model, offer, attempt)
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
  { health, evidence, rerunner }: CreateInferParameters,
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

function succeeded(
  { health, logger }: CreateInferParameters,
  model: ListedModel,
  offer: CallOffer,
  verdict: Verdict,
): void {
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
  { health, market, records, live, logger }: CreateInferParameters,
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

/** Rejects with the signal's reason as soon as it aborts; the work goes on, and its failure is nobody's any more. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
