import { join } from 'node:path'
import type { Hex } from '@stoa/protocol'
import { isOfferOpen } from '@stoa/sdk'
import { diskBlobStore } from '@stoa/storage'
import { roleClient } from '../home/clients.ts'
import type { Config } from '../home/config.ts'
import type { Home } from '../home/home.ts'
import { makeOffer } from '../market/makeOffer.ts'
import { publishBundle } from '../market/publishBundle.ts'
import { registerSeller } from '../market/registerSeller.ts'
import { folderName, SHIPPED_MODELS, type ShippedModel } from './shippedModels.ts'

/** The local market's terms, in wei of a 6-decimal token. */
const STAKE = 1_000_000_000n
const SLASH_CAP = 10_000_000n
const EXPOSURE = 50_000n
const OWNER_SHARE_PPM = 300_000
const RESALE_FEE_BPS = 500

/** Publishes what is not yet published, stakes, and offers it. Returns all offers that the node serves. */
export async function onboardProvider(home: Home, config: Config, endpoint: string): Promise<Config['offers']> {
  await registerSeller(home, config, { endpoint, stake: STAKE })
  const offers = [...config.offers]
  for (const model of SHIPPED_MODELS) {
    const known = offers.find((offer) => offer.model === model.card.name)
    if (!known) offers.push({ offerId: await offerShipped(home, config, model), model: model.card.name })
  }
  return offers
}

/** Offers of this home that its ledger still knows as open: a ledger that began anew knows none. */
export async function openOffers(home: Home, config: Config): Promise<Config['offers']> {
  const client = await roleClient(home, config, 'provider')
  const open = await Promise.all(
    config.offers.map(({ offerId }) => isOfferOpen(client, { deployment: config.deployment, offerId })),
  )
  return config.offers.filter((_, i) => open[i])
}

async function offerShipped(home: Home, config: Config, model: ShippedModel): Promise<Hex> {
  const { deployment, accounts } = config
  const folder = join(home.models, folderName(model.card.name))
  const blobs = await diskBlobStore({ folder: home.blobs })
  await model.prepare(folder, home.models)
  const { modelId } = await publishBundle(await roleClient(home, config, 'owner'), {
    deployment,
    blobs,
    folder,
    files: model.files,
    card: model.card,
    ownerSharePpm: OWNER_SHARE_PPM,
    resaleFeeBps: RESALE_FEE_BPS,
  })
  const { unit, price } = model
  const { offerId } = await makeOffer(await roleClient(home, config, 'provider'), {
    ...{ deployment, blobs },
    terms: { payee: accounts.payee, modelId, unit, price, exposure: EXPOSURE, slashCap: SLASH_CAP },
  })
  return offerId
}
