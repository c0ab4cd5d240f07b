import type { RunOptions } from '@stoa/engine/inference'
import { type Address, type Hex, type Load, type ModelCard, type Tensor, UNITS_OF_TASK } from '@stoa/protocol'
import type { Deployment, ReadClient } from '@stoa/sdk'
import type { BlobReader } from '@stoa/storage'
import { createFairQueue, type FairQueue } from '../capacity/fairQueue.ts'
import { UnservableOfferError } from '../errors.ts'
import type { NodeOffer } from '../parameters.ts'
import { OverloadedError } from '../payments/errors.ts'
import type { ServedOffer } from '../payments/payments.ts'
import { checkTerms } from './checkTerms.ts'
import { judgedSeconds } from './judgedSeconds.ts'
import { loadModel } from './loadModel.ts'
import { openOffer } from './openOffer.ts'
import { queueModel } from './queueModel.ts'
import type { ModelTensors } from './tensorsOfModel.ts'

/** Milliseconds by which a model's process outlives the time of a run: its caller has been told by then, and it may still have ended by itself. */
const GRACE_MS = 5_000

/** A model answers in a process of its own, one call after the other. */
const RUNS_AT_ONCE = 1

export type OpenServedParameters = {
  client: ReadClient
  deployment: Deployment
  provider: Address
  offers: readonly NodeOffer[]
  blobs: BlobReader
  /** Where weights are kept as files. */
  folder: string
  maxQueue: number
  modelTimeoutMs: number
  /** Seconds for which settled answers are kept. */
  keepAnswersSeconds: number
}

/** Runs that a model is given at once: one that it computes, and the next, so that it need not wait for it. */
const AT_ONCE = 2
/** A server takes several at once, and batches them. */
const AT_ONCE_UPSTREAM = 16

/** An offer with the model behind it. */
export type ServedModel = ServedOffer & {
  card: ModelCard
  /** Name in the card → path. */
  files: Readonly<Record<string, string>>
  /** How long the offer says that requests and answers are kept; undefined where it says nothing. */
  retentionSeconds?: number | undefined
  /** What the model takes and gives, where a server tells it. */
  tensors?: ModelTensors | undefined
  run: (request: readonly Tensor[], options?: RunOptions) => Promise<Tensor[]>
  /** Whose call is next. */
  turns: FairQueue
  /** What is announced of it (specs/routing.md). */
  load: () => Load
}

/**
 * Opens the models of the given offers, one for all offers of a version, or of a version at an upstream. When one cannot be served none is: the error says which.
 * Closing waits for runs under way.
 */
export async function openServed(
  parameters: OpenServedParameters,
): Promise<{ served: ReadonlyMap<Hex, ServedModel>; close(): Promise<void> }> {
  const { client, deployment, provider, offers, blobs, folder, maxQueue, modelTimeoutMs: timeoutMs } = parameters
  const opened = await Promise.all(
    offers.map(async ({ offerId, upstream }) => {
      return { ...(await openOffer(client, { deployment, provider, offerId })), upstream }
    }),
  )
  const keyOf = ({ version, upstream }: (typeof opened)[number]) =>
    JSON.stringify([version.card, version.weights, upstream])
  const versions = new Map(opened.map((each) => [keyOf(each), each]))
  // Side by side: each model is read, hashed and opened in a process of its own.
  const loading = [...versions].map(async ([key, { version, upstream }]) => {
    const loaded = await loadModel({ version, upstream, blobs, folder, runMs: timeoutMs + GRACE_MS })
    const atOnce = Math.min(upstream ? AT_ONCE_UPSTREAM : AT_ONCE, maxQueue)
    const full = (seconds: number) => new OverloadedError(`${maxQueue} calls of this model`, seconds)
    const turns = createFairQueue({ atOnce, mostWaiting: maxQueue - atOnce, full })
    return [key, { ...loaded, ...queueModel({ model: loaded.model, maxQueue: atOnce, timeoutMs }), turns }] as const
  })
  const settled = await Promise.allSettled(loading)
  const models = new Map(settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])))
  const close = async () => {
    await Promise.all([...models.values()].map(({ model }) => model.close()))
  }
  const served = new Map<Hex, ServedModel>()
  try {
    const failed = settled.find((each) => each.status === 'rejected')
    if (failed) throw failed.reason
    for (const each of opened) {
      const { offerId, offer, version, upstream } = each
      const model = models.get(keyOf(each))
      if (!model) continue
      const { card, files, tensors, run, turns } = model
      const units = UNITS_OF_TASK[card.task]
      if (!units.includes(offer.unit)) {
        const hint = `Offer it by the ${units.join(' or the ')}.`
        throw new UnservableOfferError(offerId, `no ${card.task} answer counts in units of "${offer.unit}"`, hint)
      }
      const judged = await judgedSeconds(client, deployment, { offer, card }, (why, hint) => {
        throw new UnservableOfferError(offerId, why, hint)
      })
      if (judged !== undefined && upstream)
        throw new UnservableOfferError(
          offerId,
          'a contract judges its answers, and an upstream makes them',
          'A node can only defend what it computes itself: serve the files, or offer the model as attested.',
        )
      const keepsSeconds = Math.max(parameters.keepAnswersSeconds, judged ?? 0)
      const retentionSeconds = await checkTerms({ offerId, offer, blobs, keepsSeconds })
      served.set(offerId, {
        offerId,
        offer,
        weightsDigest: version.weights,
        judgedSeconds: judged,
        retentionSeconds,
        ...{ card, files, tensors, run, turns },
        load: () => ({ capacity: upstream ? AT_ONCE_UPSTREAM : RUNS_AT_ONCE, queued: turns.depth() }),
      })
    }
    return { served, close }
  } catch (error) {
    await close()
    throw error
  }
}
