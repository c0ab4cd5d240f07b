import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Model, openModelInWorker } from '@stoa/engine/inference'
import { bundleDigest, type Hex, hexToBytes, MAX_CARD_BYTES, type ModelCard, parseModelCard } from '@stoa/protocol'
import { type BlobReader, cidOfDigest } from '@stoa/storage'
import { WeightsMismatchError } from '../errors.ts'
import { materializeFile } from './materializeFile.ts'

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
  const digest = bundleDigest(card.files)
  if (digest !== version.weights) throw new WeightsMismatchError(`The bundle of ${card.name}`, version.weights, digest)
  const bundle = join(folder, digest.slice(2))
  await mkdir(bundle, { recursive: true, mode: 0o700 })
  const files: Record<string, string> = {}
  for (const file of card.files) {
    const path = join(bundle, file.path)
    await materializeFile(blobs, file, path)
    files[file.path] = path
  }
  return { card, model: await openModelInWorker({ task: card.task, files }) }
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
