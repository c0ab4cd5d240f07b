import { join } from 'node:path'
import { type Model, openModelInWorker } from '@stoa/engine/inference'
import { httpBlobStore, materializeBundle } from '@stoa/storage'
import type { ListedModel } from '../market/market.ts'

/** Opened models that are kept for the next answer; more would hold memory that nothing asks for. */
const MAX_OPEN = 2

export type RerunModels = {
  /** The model, opened here from weights that are those on the ledger, fetched from its sellers where they are not kept yet. */
  open(model: ListedModel): Promise<Model>
  close(): Promise<void>
}

/** Models of other people, each in a thread of its own. */
export function rerunModels(folder: string): RerunModels {
  const opened = new Map<string, Promise<Model>>()
  const forget = async (key: string) => {
    const model = opened.get(key)
    opened.delete(key)
    await (await model?.catch(() => undefined))?.close()
  }
  return {
    async open(model) {
      const key = model.weightsDigest
      const found = opened.get(key)
      if (found) {
        opened.delete(key)
        opened.set(key, found)
        return found
      }
      const opening = fetchAndOpen(model, folder)
      opened.set(key, opening)
      const [oldest] = opened.keys()
      if (opened.size > MAX_OPEN && oldest) await forget(oldest)
      opening.catch(() => opened.delete(key))
      return opening
    },
    async close() {
      for (const key of [...opened.keys()]) await forget(key)
    },
  }
}

async function fetchAndOpen({ card, weightsDigest, listings }: ListedModel, folder: string): Promise<Model> {
  const { task, profile } = card
  const endpoints = [...new Set(listings.map(({ provider }) => provider.endpoint))]
  let failure: unknown
  for (const url of endpoints) {
    try {
      const blobs = httpBlobStore({ url })
      const weights = { card, weights: weightsDigest, blobs, folder: join(folder, 'weights') }
      return await openModelInWorker({ task, files: await materializeBundle(weights), ...(profile && { profile }) })
    } catch (error) {
      failure = error
    }
  }
  throw failure
}
