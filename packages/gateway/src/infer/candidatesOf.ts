import { chargeFor, chatBounds, type Tensor, type UnitBounds, unitsOfRequest } from '@stoa/protocol'
import type { Health } from '../market/health.ts'
import type { ListedModel, Listing } from '../market/market.ts'
import type { Candidate } from '../routing/candidate.ts'
import type { CallBounds } from '../routing/leaveOut.ts'
import type { LiveStats } from '../routing/liveStats.ts'
import type { RiskBook } from '../routing/riskBook.ts'

/** An offer with what the call at hand costs under it. */
export type CallOffer = Candidate & {
  listing: Listing
  /** Units of the call, by its request. */
  units: UnitBounds
}

export type CandidatesOfParameters = {
  model: ListedModel
  request: readonly Tensor[]
  health: Pick<Health, 'stateOf'>
  live: Pick<LiveStats, 'of'>
  /** Where a rule asks for coverage. */
  risks: Pick<RiskBook, 'atRisk'> | undefined
}

/** Every offer of a model, as the chooser sees it for this call. Throws `InvalidTensorError` for a request that a unit can't be counted of. */
export function candidatesOf({ model, request, health, live, risks }: CandidatesOfParameters): CallOffer[] {
  return model.listings.map((listing) => {
    const { offerId, offer, provider, proofKind, retentionSeconds } = listing
    const units = unitsOfRequest(offer.unit, request)
    const { price } = offer
    const charge = chargeFor(units.most, price)
    return {
      ...{ listing, units, offerId, proofKind, retentionSeconds, charge },
      provider: provider.address,
      cost: units.most * price,
      state: health.stateOf(provider.address),
      live: live.of(offerId),
      ...(risks && { coverage: coverageOf(provider.stake, risks.atRisk(provider.address) + charge) }),
    }
  })
}

/** How many times the stake covers what is at risk; wei. */
export function coverageOf(stake: bigint, atRisk: bigint): number {
  return atRisk === 0n ? Number.POSITIVE_INFINITY : Number(stake) / Number(atRisk)
}

/** Tokens that a request gives and asks for at most; undefined for a model that knows no tokens. */
export function tokensOf(request: readonly Tensor[]): CallBounds['tokens'] {
  const has = (tensor: string) => request.some(({ name }) => name === tensor)
  if (has('chat')) {
    const { prompt, completion } = chatBounds(request)
    return { given: BigInt(prompt), most: BigInt(completion) }
  }
  if (!has('ids')) return undefined
  const { least, most } = unitsOfRequest('token', request)
  return { given: least, most: most - least }
}

/** What the cheapest of them charges, in wei; 0 for none. */
export function leastCharge(offers: readonly Pick<CallOffer, 'charge'>[]): bigint {
  const [least = 0n] = offers.map(({ charge }) => charge).sort((a, b) => (a < b ? -1 : 1))
  return least
}
