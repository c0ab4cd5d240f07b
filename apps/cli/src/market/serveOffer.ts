import { closeOffer, type Deployment } from '@stoa/sdk'
import type { BlobStore } from '@stoa/storage'
import type { WriteClient } from '../home/clients.ts'
import { type Config, type UpstreamConfig, writeConfig } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import type { Printer } from '../output/printer.ts'
import { type MadeOffer, makeOffer, type OfferTerms } from './makeOffer.ts'

export type ServeOfferParameters = {
  home: Home
  config: Config
  blobs: BlobStore
  terms: OfferTerms
  /** Answers in place of the model's files. */
  upstream?: UpstreamConfig | undefined
  /** Has the node read the configuration again. */
  reload: () => Promise<unknown>
  printer: Pick<Printer, 'step'>
}

/** Makes an offer with `client`'s account as the provider, and has the home's node serve it; an offer that the node can't serve is closed again. */
export async function serveOffer(client: WriteClient, parameters: ServeOfferParameters): Promise<MadeOffer> {
  const { home, config, blobs, terms, upstream, reload, printer } = parameters
  const { deployment }: { deployment: Deployment } = config
  const made = await printer.step(
    'offer',
    () => makeOffer(client, { deployment, blobs, terms }),
    ({ offer: { proofKind } }) => proofKind,
  )
  const { offerId } = made
  const offers = [...config.offers, { offerId, model: `model ${terms.modelId}`, ...(upstream && { upstream }) }]
  const { retentionSeconds } = terms
  // What one offer promises the node keeps to for all.
  const kept = Math.min(
    config.keepAnswersSeconds ?? Number.POSITIVE_INFINITY,
    retentionSeconds ?? Number.POSITIVE_INFINITY,
  )
  const keepAnswersSeconds = Number.isFinite(kept) ? { keepAnswersSeconds: kept } : {}
  await writeConfig(home, { ...config, ...keepAnswersSeconds, offers })
  try {
    await printer.step('node', reload, () => 'serves it')
    return made
  } catch (error) {
    // An offer that can't be served would keep the node from every later start.
    await writeConfig(home, config)
    await closeOffer(client, { deployment, offerId })
    await reload()
    throw error
  }
}
