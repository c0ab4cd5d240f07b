import { type Address, chargeFor, type Tensor, type UnitBounds, unitsOfRequest } from '@stoa/protocol'
import { NoProviderError, PriceTooHighError } from '../errors.ts'
import type { ProviderState } from '../market/health.ts'
import type { ListedModel, Listing } from '../market/market.ts'

/** An offer with what the call at hand costs under it. */
export type RankedOffer = {
  listing: Listing
  /** Units of the call, by its request. */
  units: UnitBounds
  /** Wei; most that the receipt may say. */
  charge: bigint
}

export type RankOffersParameters = {
  model: ListedModel
  request: readonly Tensor[]
  stateOf: (provider: Address) => ProviderState
  /** Most wei to pay for one call. */
  maxPrice: bigint | undefined
}

/**
 * Offers to ask, in order: healthy providers by charge, then the resting and doubted ones by charge, as a last resort. Equal charges go by the
 * price, then by the offer's id. Throws `PriceTooHighError` when each is dearer than `maxPrice`, `NoProviderError` when each provider is distrusted.
 */
export function rankOffers({ model, request, stateOf, maxPrice }: RankOffersParameters): RankedOffer[] {
  const asked = model.listings.filter(({ provider }) => stateOf(provider.address) !== 'distrusted')
  const ranked = asked.map((listing): RankedOffer & { resting: boolean } => {
    const units = unitsOfRequest(listing.offer.unit, request)
    const resting = stateOf(listing.provider.address) !== 'healthy'
    return { listing, units, charge: chargeFor(units.most, listing.offer.price), resting }
  })
  if (ranked.length === 0) {
    const attempts = model.listings.map(({ provider, offerId }) => {
      return { provider: provider.address, offerId, code: 'DISTRUSTED', message: 'an answer of it failed a check' }
    })
    throw new NoProviderError(model.name, attempts)
  }
  const affordable = maxPrice === undefined ? ranked : ranked.filter(({ charge }) => charge <= maxPrice)
  if (affordable.length === 0 && maxPrice !== undefined) {
    throw new PriceTooHighError(leastCharge(ranked), maxPrice)
  }
  return affordable.sort((a, b) => {
    if (a.resting !== b.resting) return a.resting ? 1 : -1
    if (a.charge !== b.charge) return a.charge < b.charge ? -1 : 1
    // Small calls round to the same wei; whoever asks less is still the cheaper one.
    const [price, other] = [a.listing.offer.price, b.listing.offer.price]
    if (price !== other) return price < other ? -1 : 1
    return a.listing.offerId < b.listing.offerId ? -1 : 1
  })
}

/** What the cheapest of them charges, in wei; 0 for none. */
export function leastCharge(offers: readonly Pick<RankedOffer, 'charge'>[]): bigint {
  const [least = 0n] = offers.map(({ charge }) => charge).sort((a, b) => (a < b ? -1 : 1))
  return least
}
