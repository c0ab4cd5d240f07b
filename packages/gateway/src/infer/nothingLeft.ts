import type { Address } from '@stoa/protocol'
import {
  BudgetExceededError,
  type GatewayError,
  NoOfferLeftError,
  NoProviderError,
  PriceTooHighError,
} from '../errors.ts'
import type { KeyRoom } from '../keys/key.ts'
import type { Choice } from '../routing/chooseOffers.ts'
import type { CallBounds, Exclusion } from '../routing/leaveOut.ts'
import { leastOf, type RoutingRules } from '../routing/rules.ts'
import { type CallOffer, leastCharge } from './candidatesOf.ts'

export type NothingLeftParameters = {
  model: string
  excluded: Choice<CallOffer>['excluded']
  rules: RoutingRules
  bounds: CallBounds
  /** Of the key that asks. */
  room: KeyRoom | undefined
}

/** The error for a call whose offers were all left out: where one cause explains them all, that cause's own. */
export function nothingLeft({ model, excluded, rules, bounds, room }: NothingLeftParameters): GatewayError {
  const all = (...causes: readonly Exclusion[]) =>
    excluded.length > 0 && excluded.every(({ by }) => causes.includes(by))
  const cheapest = leastCharge(excluded.map(({ candidate }) => candidate))
  const limit = leastOf(bounds.ceiling, rules.maxPrice?.request)
  if (all('max_price', 'ceiling') && limit !== undefined && cheapest > limit)
    return new PriceTooHighError(cheapest, limit)
  if (all('budget') && room) return new BudgetExceededError({ ...room, needed: cheapest })
  if (all('distrusted')) {
    const attempts = excluded.map(({ candidate: { provider, offerId } }) => {
      return { provider, offerId, code: 'DISTRUSTED', message: 'an answer of it failed a check' }
    })
    return new NoProviderError(model, attempts)
  }
  const counts = new Map<Exclusion, Address[]>()
  for (const { candidate, by } of excluded) counts.set(by, [...(counts.get(by) ?? []), candidate.provider])
  return new NoOfferLeftError(model, counts)
}
