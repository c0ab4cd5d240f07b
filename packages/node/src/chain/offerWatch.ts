import type { Hex } from '@stoa/protocol'
import { NodeChainUnavailableError } from '../payments/errors.ts'

export type OfferWatchParameters = {
  offerIds: readonly Hex[]
  /** Those of the offers that the chain says can be bought. */
  read: (offerIds: readonly Hex[]) => Promise<ReadonlySet<Hex>>
  /** Milliseconds. */
  now: () => number
  /** What is known for longer is not relied on. */
  staleSeconds: number
}

export type OfferWatch = {
  /** Whether the offer can be bought. Rejects with CHAIN_UNAVAILABLE when that has not been known for too long. */
  isOpen(offerId: Hex): Promise<boolean>
  /** Reads all offers again. Rejects when the chain cannot be reached. */
  refresh(): Promise<void>
  /** Seconds since the chain last answered for all of them. */
  ageSeconds(): number
}

/** Keeps an eye on whether the node's offers are open; somebody calls `refresh` now and then. */
export function createOfferWatch({ offerIds, read, now, staleSeconds }: OfferWatchParameters): OfferWatch {
  let open: ReadonlySet<Hex> = new Set()
  let readAt = Number.NEGATIVE_INFINITY
  const refresh = async () => {
    const startedAt = now()
    open = await read(offerIds)
    readAt = startedAt
  }
  const ageSeconds = () => (now() - readAt) / 1000
  return {
    refresh,
    ageSeconds,
    async isOpen(offerId) {
      if (ageSeconds() > staleSeconds) {
        try {
          await refresh()
        } catch (error) {
          throw new NodeChainUnavailableError(error)
        }
      }
      return open.has(offerId)
    },
  }
}
