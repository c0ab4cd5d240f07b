import type { Logger } from '../../logger.ts'
import type { OfferSource } from './offerSource.ts'

/** Asks the index, and the chain whenever the index can't tell. Says so when that changes. */
export function preferIndex(index: OfferSource, chain: OfferSource, logger: Logger): OfferSource {
  let used: boolean | undefined
  const tell = (now: boolean, error?: unknown) => {
    if (now !== used) logger({ type: 'offers-from', source: now ? 'index' : 'chain', error })
    used = now
  }
  return {
    async openOffers() {
      try {
        const offers = await index.openOffers()
        tell(true)
        return offers
      } catch (error) {
        const offers = await chain.openOffers()
        tell(false, error)
        return offers
      }
    },
  }
}
