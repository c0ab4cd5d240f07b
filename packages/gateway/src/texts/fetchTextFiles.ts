import { join } from 'node:path'
import { BaseError } from '@stoa/protocol'
import { materializeBundle, type Pace } from '@stoa/storage'
import { TokenizerUnavailableError } from '../errors.ts'
import type { ListedModel } from '../market/market.ts'
import { blocksOf } from '../provider/blocksOf.ts'
import { keyOf } from '../rerun/boughtAnswer.ts'

/** A caller waits for these files: 17 MB, Llama 3's, may take 22 seconds, and who sends nothing five. */
const PACE: Pace = { graceMs: 5_000, bytesPerSecond: 1 << 20 }

/** Most bytes of one file; the largest tokenizer.json that is known has 34 MB. */
const MAX_FILE_BYTES = 64 << 20

/** Files of a model, by their names in its card, on this disk. Throws `TokenizerUnavailableError`. */
export type FetchTextFiles = (model: ListedModel, names: readonly string[]) => Promise<Readonly<Record<string, string>>>

/**
 * Fetches what is not on this disk from whoever offers the model. Card and files are what the ledger commits to, whoever sent them: every byte is hashed, also of
 * files that were there.
 */
export function textFilesFetcher({ folder, pace = PACE }: { folder: string; pace?: Pace }): FetchTextFiles {
  return async (model, names) => {
    const { card, weightsDigest: weights, listings } = model
    for (const name of names) {
      const file = card.files.find(({ path }) => path === name)
      if (!file) throw new TokenizerUnavailableError(model.name, `its card names no ${name}`)
      if (file.bytes > MAX_FILE_BYTES)
        throw new TokenizerUnavailableError(model.name, `${name} has ${file.bytes} bytes, ${MAX_FILE_BYTES} at most`)
    }
    const own = join(folder, 'texts', keyOf(model))
    const reasons: string[] = []
    for (const url of new Set(listings.map(({ provider }) => provider.endpoint))) {
      try {
        return await materializeBundle({ card, weights, only: names, blobs: blocksOf(url), folder: own, pace })
      } catch (error) {
        reasons.push(`${url}: ${error instanceof BaseError ? error.shortMessage : String(error)}`)
      }
    }
    throw new TokenizerUnavailableError(model.name, `nobody gives ${names.join(' and ')}`, {
      details: reasons.join('\n'),
    })
  }
}
