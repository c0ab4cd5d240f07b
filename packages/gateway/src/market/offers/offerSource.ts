import type { Hex, Offer } from '@stoa/protocol'

/** An offer under its id. */
export type FoundOffer = { offerId: Hex; offer: Offer }

/** Where a gateway learns what is on offer. */
export type OfferSource = {
  /**
   * Offers that exist on the ledger and were not closed when it was asked, in any order; those that the provider's stake does not cover may be
   * left out. Rejects when it can't tell.
   */
  openOffers(): Promise<FoundOffer[]>
}
