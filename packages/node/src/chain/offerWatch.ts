import type { Hex } from '@stoa/protocol'
import { NodeChainUnavailableError } from '../payments/errors.ts'

export type OfferWatchParameters = {
  offerIds: readonly Hex[]
  /** Whether the chain says that the offer can be bought. */
  read: (offerId: Hex) => Promise<boolean>
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
  let open = new Set<Hex>()
  let readAt = Number.NEGATIVE_INFINITY
  const refresh = async () => {
    const startedAt = now()
    const answers = await Promise.all(offerIds.map(read))
    open = new Set(offerIds.filter((_, i) => answers[i]))
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
