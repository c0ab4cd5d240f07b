import { listOffers } from '@stoa/sdk'
import type { OfferSource } from './offerSource.ts'

/** The ledger itself: the registry's events since `fromBlock`. Slower, the longer the chain's past. */
export function chainOffers(
  client: Parameters<typeof listOffers>[0],
  parameters: Omit<Parameters<typeof listOffers>[1], 'toBlock'>,
): OfferSource {
  return {
    async openOffers() {
      const all = await listOffers(client, parameters)
      return all.filter(({ open }) => open).map(({ offerId, offer }) => ({ offerId, offer }))
    },
  }
}
