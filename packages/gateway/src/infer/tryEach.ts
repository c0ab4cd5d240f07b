import { setTimeout as sleep } from 'node:timers/promises'
import { encodeTensors, tensorsDigest } from '@stoa/protocol'
import { BudgetExceededError, type FailedAttempt, TooManyCallsError } from '../errors.ts'
import { type Asked, type AskOffersResult, askOffers } from './askOffers.ts'
import { buyUnder, FULL_CODE } from './buyUnder.ts'
import type { CallOffer } from './candidatesOf.ts'
import type { Verdict } from './createJudge.ts'
import { failureOf } from './failure.ts'
import type { InferContext, Wanted } from './inferContext.ts'
import type { CallPlan } from './planCall.ts'

/** Asks a plan's offers until one answers; where all that is left are full, those again when it is this call's turn. Throws what `failureOf` makes of it when none did. */
export async function tryEach(
  context: InferContext,
  wanted: Wanted,
  plan: CallPlan,
): Promise<AskOffersResult<CallOffer, Verdict>> {
  const { account, deployment, payer, key, turns } = context
  const { ceiling, hedgeAfter } = plan
  const { model, request, signal } = wanted
  const encoded = { body: encodeTensors(request), requestDigest: tensorsDigest(request) }
  let attempts: (FailedAttempt & { spent: boolean })[] = []
  let full: CallOffer[] = []
  let fullSince: number | undefined
  const ask = async (offer: CallOffer): Promise<Asked<Verdict>> => {
    const attempt = await buyUnder(context, wanted, offer, encoded, fullSince !== undefined).catch((error: unknown) => {
      // By itself it says that nothing was charged, which a voucher of this call may be that got lost before.
      const isNoRoom = error instanceof TooManyCallsError || error instanceof BudgetExceededError
      if (isNoRoom && attempts.some(({ spent }) => spent)) return undefined
      throw error
    })
    if (!attempt) return { kind: 'unsent' }
    if (attempt.kind === 'answered') return { kind: 'answered', result: attempt.verdict }
    const { kind, code, message } = attempt
    if (code === FULL_CODE) full.push(offer)
    attempts.push({ provider: offer.provider, offerId: offer.offerId, code, message, spent: kind === 'spent' })
    return { kind }
  }
  const chargeOf = ({ charge }: CallOffer) => charge
  for (let ranked = plan.ranked; ; [ranked, full] = [full, []]) {
    const answered = await askOffers({ ranked, ask, chargeOf, ceiling, hedgeAfter, wait, signal })
    if (answered) return answered
    // Where a voucher is out, no more than its one other seller is asked.
    if (attempts.some(({ spent }) => spent) || full.length === 0) break
    fullSince ??= performance.now()
    const offerIds = full.map(({ offerId }) => offerId)
    if (!(await turns.next(offerIds, fullSince, signal))) break
    attempts = attempts.filter(({ code }) => code !== FULL_CODE)
  }
  signal?.throwIfAborted()
  const needed = plan.ranked[0]?.charge ?? 0n
  const { escrow } = deployment
  throw failureOf({ model: model.name, attempts, payer, escrow, key, needed, available: account.available() })
}

/** A call that is under way keeps the process, not its hedge. */
const wait = (milliseconds: number, signal: AbortSignal) =>
  sleep(milliseconds, undefined, { signal, ref: false }).catch(() => {})
