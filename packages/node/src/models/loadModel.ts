import { type Model, openModelInProcess } from '@stoa/engine/inference'
import { type Hex, type ModelCard, textDimensions } from '@stoa/protocol'
import { type BlobReader, materializeBundle, readCard } from '@stoa/storage'
import { openUpstream } from '../upstreams/openUpstream.ts'
import { InvalidUpstreamError, type Upstream } from '../upstreams/upstream.ts'
import type { ModelTensors } from './tensorsOfModel.ts'

/** What a model version commits to on the ledger: SHA-256 of its card, digest of its weights. */
export type VersionDigests = { card: Hex; weights: Hex }

/** `files`: name in the card → path; none where an upstream answers. `tensors`: what the model takes and gives, where that tells it. */
export type LoadedModel = {
  card: ModelCard
  files: Readonly<Record<string, string>>
  model: Model
  tensors?: ModelTensors
}

export type LoadModelParameters = {
  version: VersionDigests
  /** Answers in place of the files. */
  upstream?: Upstream | undefined
  /** Holds card and weights. */
  blobs: BlobReader
  /** Where weights are kept as files, a folder a bundle. */
  folder: string
  /** Milliseconds after which a run's process is killed. */
  runMs: number
}

/**
 * Loads a model version: its card, its weights, each file hashed, and the model in a process of its own, with limits. Nothing is opened unless the
 * bundle is the one that the ledger names: `WeightsMismatchError` otherwise. With an upstream the files are left alone. Throws too what the blob store and the engine throw.
 */
export async function loadModel({
  version,
  upstream,
  blobs,
  folder,
  runMs,
}: LoadModelParameters): Promise<LoadedModel> {
  const card = await readCard(blobs, version.card)
  if (upstream) return { card, files: {}, ...(await openUpstream({ upstream, card })) }
  if (textDimensions(card) !== undefined)
    throw new InvalidUpstreamError(
      'there is none, and the card says by its "dimensions" that a server embeds the texts',
      'Name the server of this offer, or publish a card without "dimensions" for the files.',
    )
  const files = await materializeBundle({ card, weights: version.weights, blobs, folder })
  const { task, profile } = card
  const model = await openModelInProcess({ task, files, ...(profile && { profile }) }, { runMs })
  return { card, files, model }
}
