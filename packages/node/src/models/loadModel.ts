import { type Model, openModelInWorker } from '@stoa/engine/inference'
import { type Hex, hexToBytes, MAX_CARD_BYTES, type ModelCard, parseModelCard } from '@stoa/protocol'
import { type BlobReader, cidOfDigest, materializeBundle } from '@stoa/storage'

/** What a model version commits to on the ledger: SHA-256 of its card, digest of its weights. */
export type VersionDigests = { card: Hex; weights: Hex }

export type LoadedModel = { card: ModelCard; model: Model }

export type LoadModelParameters = {
  version: VersionDigests
  /** Holds card and weights. */
  blobs: BlobReader
  /** Where weights are kept as files, a folder a bundle. */
  folder: string
}

/**
 * Loads a model version: its card, its weights, each file hashed, and the model in a thread of its own. Nothing is opened unless the
 * bundle is the one that the ledger names: `WeightsMismatchError` otherwise. Throws too what the blob store and the engine throw.
 */
export async function loadModel({ version, blobs, folder }: LoadModelParameters): Promise<LoadedModel> {
  const card = await readCard(blobs, version.card)
  const files = await materializeBundle({ card, weights: version.weights, blobs, folder })
  const { task, profile } = card
  return { card, model: await openModelInWorker({ task, files, ...(profile && { profile }) }) }
}

/** The blob store has checked the card's bytes against their digest, which is what their CID is. */
async function readCard(blobs: BlobReader, digest: Hex): Promise<ModelCard> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of blobs.get(cidOfDigest(hexToBytes(digest, 32)))) {
    bytes += piece.length
    if (bytes > MAX_CARD_BYTES) break
    pieces.push(piece)
  }
  return parseModelCard(Buffer.concat(pieces))
}
