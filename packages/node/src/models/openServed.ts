import { type Address, type Hex, type ModelCard, type Tensor, UNITS_OF_TASK } from '@stoa/protocol'
import type { Deployment, ReadClient } from '@stoa/sdk'
import type { BlobReader } from '@stoa/storage'
import { UnservableOfferError } from '../errors.ts'
import type { ServedOffer } from '../payments/payments.ts'
import { type LoadedModel, loadModel } from './loadModel.ts'
import { openOffer } from './openOffer.ts'
import { queueModel } from './queueModel.ts'

export type OpenServedParameters = {
  client: ReadClient
  deployment: Deployment
  provider: Address
  offerIds: readonly Hex[]
  blobs: BlobReader
  /** Where weights are kept as files. */
  folder: string
  maxQueue: number
  modelTimeoutMs: number
}

/** An offer with the model behind it. */
export type ServedModel = ServedOffer & {
  card: ModelCard
  run: (request: readonly Tensor[]) => Promise<Tensor[]>
  /** Runs waiting or under way. */
  depth: () => number
}

/**
 * Opens the models of the given offers, one for all offers of a version. When one cannot be served none is: the error says which.
 * Closing waits for runs under way.
 */
export async function openServed(
  parameters: OpenServedParameters,
): Promise<{ served: ReadonlyMap<Hex, ServedModel>; close(): Promise<void> }> {
  const { client, deployment, provider, offerIds, blobs, folder, maxQueue, modelTimeoutMs: timeoutMs } = parameters
  const opened = await Promise.all(offerIds.map((offerId) => openOffer(client, { deployment, provider, offerId })))
  const models = new Map<string, LoadedModel & ReturnType<typeof queueModel>>()
  const close = async () => {
    await Promise.all([...models.values()].map(({ model }) => model.close()))
  }
  const served = new Map<Hex, ServedModel>()
  try {
    for (const { offerId, offer, version } of opened) {
      const key = `${version.card}:${version.weights}`
      let model = models.get(key)
      if (!model) {
        const loaded = await loadModel({ version, blobs, folder })
        model = { ...loaded, ...queueModel({ model: loaded.model, maxQueue, timeoutMs }) }
        models.set(key, model)
      }
      const { card, run, depth } = model
      const units = UNITS_OF_TASK[card.task]
      if (!units.includes(offer.unit)) {
        const hint = `Offer it by the ${units.join(' or the ')}.`
        throw new UnservableOfferError(offerId, `no ${card.task} answer counts in units of "${offer.unit}"`, hint)
      }
      served.set(offerId, { offerId, offer, weightsDigest: version.weights, card, run, depth })
    }
    return { served, close }
  } catch (error) {
    await close()
    throw error
  }
}
