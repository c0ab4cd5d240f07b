import type { Address, Tensor } from '@stoa/protocol'
import type { KeyBook } from '../keys/openKeyBook.ts'
import type { Health } from '../market/health.ts'
import type { ListedModel } from '../market/market.ts'
import type { TrackRecords } from '../market/trackRecords.ts'
import { chooseOffers } from '../routing/chooseOffers.ts'
import type { LiveStats } from '../routing/liveStats.ts'
import { type ProviderRules, refuseTokenPrices, rulesOfProvider } from '../routing/providerRules.ts'
import type { RiskBook } from '../routing/riskBook.ts'
import { combineRules, leastOf, type RoutingRules } from '../routing/rules.ts'
import { type CallOffer, candidatesOf, tokensOf } from './candidatesOf.ts'
import { nothingLeft } from './nothingLeft.ts'

/** What a caller says of one call, besides its model. */
export type CallWishes = {
  /** Tensors as the model's task takes them (specs/tasks.md). */
  request: readonly Tensor[]
  /** Which offers may be asked, and in which order (specs/routing.md); on top of the gateway's and the key's. */
  rules?: ProviderRules
  /** Buys from this seller or not at all. */
  provider?: Address
  /** Most wei to pay for this call, where that is less than the gateway's own ceiling. */
  maxPrice?: bigint
  /** Id of the key that asks, whose budgets pay; by default the owner asks. */
  callerKey?: string
  /** Gets pieces of the answer as they come, before anything is checked: of the tensor that the task streams. After the first no other seller is asked. */
  onPiece?: (piece: Uint8Array) => void
}

export type PlanCallContext = {
  health: Pick<Health, 'stateOf'>
  live: Pick<LiveStats, 'of'>
  records: Pick<TrackRecords, 'of'>
  risks: Pick<RiskBook, 'atRisk'>
  keys: Pick<KeyBook, 'get' | 'room'>
  /** The owner's, for every call. */
  rules: ProviderRules | undefined
  /** Decimals of the token of money. Throws `MarketUnknownError`. */
  decimals: () => number
  /** Most wei for one call. Throws `MarketUnknownError`. */
  maxPrice: () => bigint | undefined
  /** 0 to below 1. */
  random: () => number
}

export type CallPlan = {
  /** In the order in which to ask; one at least. */
  ranked: readonly CallOffer[]
  /** Wei that all vouchers of the call may come to. */
  ceiling: bigint | undefined
  /** Milliseconds after which a second offer is asked too. */
  hedgeAfter: number | undefined
}

/** Milliseconds after which a hedge is placed where nothing is known of the first one's answers. */
const HEDGE_AFTER = 1_000

/** Whom to ask, in which order, by the rules of owner, key and caller. Throws `NoOfferLeftError`, or the error of the one cause that left nobody. */
export function planCall(context: PlanCallContext, model: ListedModel, parameters: CallWishes): CallPlan {
  const { health, live, records, keys, random } = context
  const { request, maxPrice, callerKey, onPiece } = parameters
  const key = callerKey === undefined ? undefined : keys.get(callerKey)
  const room = callerKey === undefined ? undefined : keys.room(callerKey)
  const tokens = tokensOf(request)
  const rules = rulesOf(context, parameters, { hasTokens: tokens !== undefined, ofKey: key?.rules })
  const bounds = { ceiling: leastOf(context.maxPrice(), maxPrice), budget: room?.left, tokens }
  const risks = rules.minCoverage === undefined ? undefined : context.risks
  const candidates = candidatesOf({ model, request, health, live, risks })
  const { ranked, excluded } = chooseOffers({ candidates, rules, bounds, random })
  const [first] = ranked
  if (!first) throw nothingLeft({ model: model.name, excluded, rules, bounds, room })
  const { hedge } = rules
  const usual = () => records.of(first.offerId).latency?.p95 ?? HEDGE_AFTER
  return {
    ranked,
    ceiling: leastOf(bounds.ceiling, rules.maxPrice?.request, key?.perCall),
    // Of two answers that come in pieces only one could be passed on.
    hedgeAfter: hedge && !onPiece ? (hedge.afterMs ?? usual()) : undefined,
  }
}

function rulesOf(
  context: PlanCallContext,
  { rules, provider }: CallWishes,
  { hasTokens, ofKey }: { hasTokens: boolean; ofKey: ProviderRules | undefined },
): RoutingRules {
  const decimals = context.decimals()
  const caller = rulesOfProvider(rules, decimals)
  // The owner's prices of tokens are for models that have them.
  if (!hasTokens) refuseTokenPrices(caller)
  const only = provider === undefined ? {} : { only: [provider.toLowerCase() as Address] }
  return combineRules(rulesOfProvider(context.rules, decimals), rulesOfProvider(ofKey, decimals), caller, only)
}
