import { bundleDigest, bytesToHex, encodeModelCard, type Hex, type ModelCard, sha256 } from '@stoa/protocol'
import { type Deployment, publishModel } from '@stoa/sdk'
import type { BlobStore } from '@stoa/storage'
import type { WriteClient } from '../home/clients.ts'
import { storeBundle } from './storeBundle.ts'

export type PublishBundleParameters = {
  deployment: Deployment
  blobs: BlobStore
  /** Folder that holds the files; `card.files` is filled in from them. */
  folder: string
  files: readonly string[]
  card: Omit<ModelCard, 'files' | 'stoa'>
  /** The owner's share of serving revenue, parts per million. */
  ownerSharePpm: number
  /** ERC-2981 resale royalty, basis points. */
  resaleFeeBps: number
}

export type PublishedBundle = { modelId: bigint; card: Hex; weights: Hex; bytes: number; hash: Hex; gasUsed: bigint }

/** Stores a model's files and card, and publishes it with `client`'s account as its owner. */
export async function publishBundle(
  client: WriteClient,
  parameters: PublishBundleParameters,
): Promise<PublishedBundle> {
  const { deployment, blobs, ownerSharePpm, resaleFeeBps } = parameters
  const files = await storeBundle(parameters.folder, parameters.files, blobs)
  const cardBytes = encodeModelCard({ stoa: 'model-card/1', ...parameters.card, files })
  await blobs.put(cardBytes)
  const card = bytesToHex(sha256(cardBytes))
  const weights = bundleDigest(files)
  const owner = client.account.address
  const { modelId, hash, gasUsed } = await publishModel(client, {
    ...{ deployment, owner, card, weights, ownerSharePpm, resaleFeeBps },
  })
  return { modelId, card, weights, hash, gasUsed, bytes: files.reduce((sum, file) => sum + file.bytes, 0) }
}
