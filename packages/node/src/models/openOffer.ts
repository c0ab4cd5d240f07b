import type { Address, Hex, Offer } from '@stoa/protocol'
import { type Deployment, getModel, getOffer, type ReadClient } from '@stoa/sdk'
import { UnservableOfferError } from '../errors.ts'
import type { VersionDigests } from './loadModel.ts'

/** An offer's terms, and what its model version commits to. */
export type OpenedOffer = { offerId: Hex; offer: Offer; version: VersionDigests }

/**
 * Reads an offer and its model version from the ledger. Throws `UnservableOfferError` when this node cannot serve it, and what the SDK
 * throws when there is no such offer.
 */
export async function openOffer(
  client: ReadClient,
  { deployment, provider, offerId }: { deployment: Deployment; provider: Address; offerId: Hex },
): Promise<OpenedOffer> {
  const offer = await getOffer(client, { deployment, offerId })
  const refuse = (why: string, hint: string) => new UnservableOfferError(offerId, why, hint)
  if (!isSame(offer.provider, provider)) throw refuse(`it is ${offer.provider}'s`, 'Give offers of this provider.')
  if (!isSame(offer.escrow, deployment.escrow))
    throw refuse(`it is paid through escrow ${offer.escrow}`, `Give offers that name escrow ${deployment.escrow}.`)
  const { versions } = await getModel(client, { deployment, modelId: offer.modelId })
  const version = versions.find((each) => each.version === offer.modelVersion)
  if (!version) throw refuse(`model ${offer.modelId} has no version ${offer.modelVersion}`, 'Check the deployment.')
  return { offerId: offerId.toLowerCase() as Hex, offer, version }
}

function isSame(a: Address, b: Address): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
