import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleDigest, type Hex, type ModelCard } from '@stoa/protocol'
import type { BlobReader, GetOptions } from '../blobStore.ts'
import { WeightsMismatchError } from '../errors.ts'
import { atPace, type Pace } from './atPace.ts'
import { materializeFile } from './materializeFile.ts'

export type MaterializeBundleParameters = GetOptions & {
  card: ModelCard
  /** Digest of the weights that the ledger commits to. */
  weights: Hex
  /** Where the files come from. */
  blobs: BlobReader
  /** Where bundles are kept as files, a folder each. */
  folder: string
  /** Names of the files that are wanted; all of the bundle where left out. */
  only?: readonly string[]
  /** How slowly the files may come, all together; by default as slowly as `blobs` allows. */
  pace?: Pace
}

/**
 * The files of a model version on this machine's disk, fetched where they are not there: name in the card to path. Every byte is
 * hashed. Throws `WeightsMismatchError` when card or files are not what the ledger commits to, `BlobTooSlowError` when they
 * come more slowly than the pace, and what the blob store throws.
 */
export async function materializeBundle(parameters: MaterializeBundleParameters): Promise<Record<string, string>> {
  const { card, weights, folder, only, pace, ...options } = parameters
  const blobs = pace ? atPace(parameters.blobs, pace) : parameters.blobs
  const digest = bundleDigest(card.files)
  if (digest !== weights) throw new WeightsMismatchError(`The bundle of ${card.name}`, weights, digest)
  const bundle = join(folder, digest.slice(2))
  await mkdir(bundle, { recursive: true, mode: 0o700 })
  const files: Record<string, string> = {}
  for (const file of card.files) {
    if (only && !only.includes(file.path)) continue
    const path = join(bundle, file.path)
    await materializeFile(blobs, file, path, options)
    files[file.path] = path
  }
  return files
}
