import { randomBytes } from 'node:crypto'
import { bytesToHex, type Hex, type Offer, type Unit } from '@stoa/protocol'
import { createOffer, type Deployment, getModel } from '@stoa/sdk'
import { zeroAddress, zeroHash } from 'viem'
import type { WriteClient } from '../home/clients.ts'

export type OfferTerms = {
  payee: Hex
  modelId: bigint
  unit: Unit
  /** Wei per 1,000,000 units. */
  price: bigint
  /** Wei served unsettled and unlocked to one payer. */
  exposure: bigint
  /** Most that one receipt can cost the stake, wei. */
  slashCap: bigint
}

/** Offers the active version of a model, attested, with `client`'s account as the provider. */
export async function makeOffer(client: WriteClient, deployment: Deployment, terms: OfferTerms): Promise<Hex> {
  const model = await getModel(client, { deployment, modelId: terms.modelId })
  const offer: Offer = {
    ...terms,
    provider: client.account.address,
    modelVersion: model.activeVersion,
    ownerSharePpm: model.ownerSharePpm,
    proofKind: 'attested',
    arbiter: zeroAddress,
    profile: zeroHash,
    escrow: deployment.escrow,
    sink: deployment.revenueSink,
    terms: zeroHash,
    salt: bytesToHex(randomBytes(32)),
  }
  const { offerId } = await createOffer(client, { deployment, offer })
  return offerId
}
