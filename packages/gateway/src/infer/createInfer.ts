import type { Address, Hex, SignedReceipt, Tensor } from '@stoa/protocol'
import { TooManyCallsError } from '../errors.ts'
import type { ListedModel } from '../market/market.ts'
import type { KeptReceipt } from '../store/receiptTable.ts'
import type { AnswerForm } from '../tasks/checkAnswer.ts'
import type { ModelTexts } from '../texts/modelTexts.ts'
import { leastCharge } from './candidatesOf.ts'
import type { InferContext } from './inferContext.ts'
import { type CallWishes, planCall } from './planCall.ts'
import { tryEach } from './tryEach.ts'

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

/**
 * The gateway's verb: finds the model, asks the offers that the rules leave, in their order, until one answers. An answer is
 * returned only after every check; `costWei` is the receipt's charge.
 */
export function createInfer(context: InferContext): Infer {
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

/** Rejects with the signal's reason as soon as it aborts; the work goes on, and its failure is nobody's any more. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
