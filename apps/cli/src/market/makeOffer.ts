import { randomBytes } from 'node:crypto'
import { bytesToHex, encodeOfferTerms, type Hex, type Offer, sha256, type Unit } from '@stoa/protocol'
import { createOffer, type Deployment, getModel } from '@stoa/sdk'
import { type BlobStore, readCard } from '@stoa/storage'
import { zeroHash } from 'viem'
import type { WriteClient } from '../home/clients.ts'
import { proofTerms } from './proofTerms.ts'

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
  /** Seconds for which requests and answers are kept, as the offer says; undefined: it says nothing. */
  retentionSeconds?: number | undefined
}

export type MadeOffer = { offerId: Hex; offer: Offer; hash: Hex; gasUsed: bigint }

/**
 * Offers the active version of a model with `client`'s account as the provider: exact where the deployment's judge judges it, else attested. `blobs` holds the model's
 * card.
 */
export async function makeOffer(
  client: WriteClient,
  {
    deployment,
    blobs,
    terms: { retentionSeconds, ...terms },
  }: { deployment: Deployment; blobs: BlobStore; terms: OfferTerms },
): Promise<MadeOffer> {
  const { activeVersion, ownerSharePpm, versions } = await getModel(client, { deployment, modelId: terms.modelId })
  const version = versions.find((each) => each.version === activeVersion)
  if (!version) throw new RangeError(`model ${terms.modelId} has no version ${activeVersion}`)
  const card = await readCard(blobs, version.card)
  const offer: Offer = {
    ...terms,
    ...(await proofTerms(client, { deployment, card, slashCap: terms.slashCap })),
    provider: client.account.address,
    modelVersion: activeVersion,
    ownerSharePpm,
    escrow: deployment.escrow,
    sink: deployment.revenueSink,
    terms: retentionSeconds === undefined ? zeroHash : await storeTerms(blobs, retentionSeconds),
    salt: bytesToHex(randomBytes(32)),
  }
  const { offerId, hash, gasUsed } = await createOffer(client, { deployment, offer })
  return { offerId, offer, hash, gasUsed }
}

/** Puts the offer's terms where its node gives them to whoever asks (specs/sealed.md); their digest. */
async function storeTerms(blobs: BlobStore, retentionSeconds: number): Promise<Hex> {
  const bytes = encodeOfferTerms({ stoa: 'terms/1', retentionSeconds })
  await blobs.put(bytes)
  return bytesToHex(sha256(bytes))
}
