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
import { type FailedAttempt, StreamBrokenError, TooManyCallsError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Market } from '../market/createMarket.ts'
import type { Health } from '../market/health.ts'
import type { ListedModel } from '../market/market.ts'
import type { TrackRecords } from '../market/trackRecords.ts'
import type { Rerunner } from '../rerun/createRerunner.ts'
import type { EvidenceTable } from '../store/evidenceTable.ts'
import type { KeptReceipt } from '../store/receiptTable.ts'
import { type AnswerForm, checkAnswer } from '../tasks/checkAnswer.ts'
import type { ModelTexts } from '../texts/modelTexts.ts'
import type { AccountWatch } from '../watch/createAccountWatch.ts'
import type { Attempt } from './attempt.ts'
import type { Buyer } from './createBuyer.ts'
import type { Verdict } from './createJudge.ts'
import { failureOf } from './failure.ts'
import { leastCharge, type RankedOffer, rankOffers } from './rankOffers.ts'

export type InferParameters = {
  /** `name` or `name@modelId`. */
  model: string
  /** Tensors as the model's task takes them (specs/tasks.md). */
  request: readonly Tensor[]
  /** Buys from this seller or not at all; by default from whoever is cheapest. */
  provider?: Address
  /** Most wei to pay for this call, where that is less than the gateway's own ceiling. */
  maxPrice?: bigint
  /** Aborting stops further attempts. A call under way is finished all the same, so that what was paid for is recorded; a chat that comes in pieces is cut (specs/backends.md). */
  signal?: AbortSignal
  /** Gets pieces of the answer as they come, before anything is checked: of the tensor that the task streams. After the first no other seller is asked. */
  onPiece?: (piece: Uint8Array) => void
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
}

export type Infer = {
  infer(parameters: InferParameters): Promise<InferResult>
  /** Resolves when no call is in flight. */
  idle(): Promise<void>
}

export type CreateInferParameters = {
  market: Pick<Market, 'find' | 'refreshSoon'>
  health: Health
  records: Pick<TrackRecords, 'succeeded' | 'failed'>
  account: Pick<AccountWatch, 'cover' | 'available'>
  buyer: Buyer
  rerunner: Pick<Rerunner, 'consider'>
  texts: Pick<ModelTexts, 'factsOf'>
  evidence: EvidenceTable
  deployment: Deployment
  payer: Address
  key: Address
  maxPrice: bigint | undefined
  /** Unix second until which a voucher signed now is good. */
  validUntil: () => number
  maxInFlight: number
  logger: Logger
}

/** Attempts that may leave a voucher with a provider and bring nothing: after the second, no third party gets one. */
const MAX_SPENT = 2

/** Refusals after which the chain should be read again: what we know of it is old. */
const STALE_CODES: readonly string[] = ['OFFER_CLOSED', 'UNKNOWN_OFFER', 'OVER_DEPOSIT', 'WRONG_SIGNER']
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
}

type Bought = { verdict: Verdict; offer: RankedOffer }

/**
 * The gateway's verb: finds the model, asks the cheapest healthy provider that can be paid, and falls back to the next. An answer is
 * returned only after every check; `costWei` is the receipt's charge.
 */
export function createInfer(context: CreateInferParameters): Infer {
  const { market, health, account, maxPrice, maxInFlight } = context
  const inFlight = new Set<Promise<InferResult>>()

  const call = async ({
    model: name,
    request,
    provider: wanted,
    maxPrice: most,
    signal,
    onPiece,
  }: InferParameters): Promise<InferResult> => {
    const model = await market.find(name)
    const asked = wanted === undefined ? model : onlyOf(model, wanted)
    const form = await formOf(context.texts, model)
    const ranked = rankOffers({ model: asked, request, stateOf: health.stateOf, maxPrice: leastOf(maxPrice, most) })
    await account.cover(leastCharge(ranked))
    const { verdict, offer } = await tryEach(context, { model, form, request, signal, onPiece }, ranked)
    const { offerId, provider } = offer.listing
    const { response, record } = verdict
    const { receipt } = record
    context.rerunner.consider({ model, request, response, record })
    return { response, receipt, record, offerId, provider: provider.address, costWei: receipt.charge, model }
  }

  return {
    async infer(parameters) {
      if (inFlight.size >= maxInFlight) throw new TooManyCallsError(maxInFlight)
      parameters.signal?.throwIfAborted()
      const work = call(parameters)
      inFlight.add(work)
      const done = () => inFlight.delete(work)
      work.then(done, done)
      return unlessAborted(work, parameters.signal)
    },
    async idle() {
      await Promise.allSettled(inFlight)
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
  ranked: readonly RankedOffer[],
): Promise<Bought> {
  const { model, request, signal, onPiece } = wanted
  const { buyer, account, deployment, payer, key } = context
  const body = encodeTensors(request)
  const requestDigest = tensorsDigest(request)
  const attempts: (FailedAttempt & { spent: boolean })[] = []
  let begun = false
  const stream = onPiece && {
    signal,
    onPiece(piece: Uint8Array) {
      begun = true
      onPiece(piece)
    },
  }
  for (const offer of ranked) {
    signal?.throwIfAborted()
    const { listing, units, charge } = offer
    const sale = { listing, weightsDigest: model.weightsDigest, model: model.name }
    const began = performance.now()
    const bought = await buyer.buy({
      sale,
      units,
      charge,
      requestDigest,
      body,
      validUntil: context.validUntil(),
      stream,
    })
    const attempt = bought.kind === 'answered' ? checkShape(context, wanted, offer, bought) : bought
    if (attempt.kind === 'answered' && isCancelled(wanted, attempt)) {
      signal?.throwIfAborted()
      throw new StreamBrokenError(model.name, 'its connection broke', attempt.verdict.record.receipt.charge)
    }
    if (attempt.kind === 'answered') {
      succeeded(context, model, offer, attempt.verdict)
      context.records.succeeded(listing.offerId, performance.now() - began)
      return { verdict: attempt.verdict, offer }
    }
    failed(context, model, offer, attempt)
    const { code, message } = attempt
    if (begun) throw new StreamBrokenError(model.name, message)
    const spent = attempt.kind === 'spent'
    attempts.push({ provider: listing.provider.address, offerId: listing.offerId, code, message, spent })
    if (attempts.filter((a) => a.spent).length >= MAX_SPENT) break
  }
  const needed = ranked[0]?.charge ?? 0n
  const { escrow } = deployment
  throw failureOf({ model: model.name, attempts, payer, escrow, key, needed, available: account.available() })
}

function leastOf(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a < b ? a : b
}

/** A model as one seller offers it. */
function onlyOf(model: ListedModel, wanted: Address): ListedModel {
  const listings = model.listings.filter(({ provider }) => provider.address.toLowerCase() === wanted.toLowerCase())
  return { ...model, listings }
}

/** A true receipt for an answer that its task does not know: it is paid for and worth nothing. */
function checkShape(
  { health, evidence, rerunner }: CreateInferParameters,
  { model, form, request }: Wanted,
  { listing }: RankedOffer,
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
  offer: RankedOffer,
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
  { health, market, records, logger }: CreateInferParameters,
  model: ListedModel,
  { listing }: RankedOffer,
  attempt: Exclude<Attempt, { kind: 'answered' }>,
): void {
  const { code, message } = attempt
  const { address: provider } = listing.provider
  if (STALE_CODES.includes(code)) market.refreshSoon()
  if (!BLAMELESS_CODES.includes(code)) {
    health.failed(provider, message)
    records.failed(listing.offerId)
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
