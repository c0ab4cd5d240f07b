import { join } from 'node:path'
import { type Address, BaseError, type Hex } from '@stoa/protocol'
import { materializeBundle, type Pace } from '@stoa/storage'
import type { ListedModel, Listing } from '../market/market.ts'
import { blocksOf } from '../provider/blocksOf.ts'
import { keyOf } from './boughtAnswer.ts'

/** 2 Mbit/s: the largest weights that are fetched by default, 1 GiB, may take 69 minutes. */
const PACE: Pace = { graceMs: 20_000, bytesPerSecond: 1 << 18 }

export type FetchedWeights = {
  /** Name in the card to path; undefined where nobody gave all of them. */
  files: Readonly<Record<string, string>> | undefined
  /** Who was asked and did not give them, or not in time. What is wrong with this machine is nobody's fault. */
  withheld: ReadonlyMap<Address, string>
  /** Why there are none. */
  reason: string
}

/** The weights of a model as files here. Never throws, unless `signal` aborts. */
export type FetchWeights = (
  model: ListedModel,
  sellers: ReadonlySet<Address>,
  signal: AbortSignal,
) => Promise<FetchedWeights>

export type FetchWeightsParameters = {
  folder: string
  /** Offers on the market now of a model with these weights. */
  holders: (weights: Hex) => readonly Listing[]
  pace?: Pace
}

/**
 * Fetches what is not on this disk: from the sellers of the answers that are to be checked first, since giving the weights is theirs to do, then from whoever
 * else offers them.
 */
export function weightsFetcher({ folder, holders, pace = PACE }: FetchWeightsParameters): FetchWeights {
  return async (model, sellers, signal) => {
    const { card, weightsDigest: weights, listings } = model
    // A folder for each version: two that share weights can be fetched at the same time.
    const own = join(folder, 'weights', keyOf(model))
    const withheld = new Map<Address, string>()
    let reason = 'nobody offers the weights any longer'
    for (const [url, providers] of endpointsOf([...listings, ...holders(weights)], sellers)) {
      try {
        const blobs = blocksOf(url)
        const files = await materializeBundle({ card, weights, blobs, folder: own, pace, signal })
        return { files, withheld, reason: '' }
      } catch (error) {
        signal.throwIfAborted()
        reason = error instanceof Error ? error.message : String(error)
        if (error instanceof BaseError) for (const provider of providers) withheld.set(provider, error.shortMessage)
      }
    }
    return { files: undefined, withheld, reason }
  }
}

/** Each endpoint once, with all who name it; those of `first` before others. */
function endpointsOf(listings: readonly Listing[], first: ReadonlySet<Address>): Map<string, Set<Address>> {
  const isFirst = ({ provider }: Listing) => first.has(provider.address)
  const endpoints = new Map<string, Set<Address>>()
  for (const { provider } of [...listings.filter(isFirst), ...listings.filter((listing) => !isFirst(listing))])
    endpoints.set(provider.endpoint, (endpoints.get(provider.endpoint) ?? new Set()).add(provider.address))
  return endpoints
}
