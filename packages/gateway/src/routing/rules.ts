import type { Address, Hex } from '@stoa/protocol'

export const SORTS = ['price', 'latency', 'throughput', 'reliability'] as const
/** By what offers are put strictly in order. */
export type Sort = (typeof SORTS)[number]

/** Wei per 1,000,000 of the model's tokens, or for the whole call. */
export type MaxPrice = { prompt?: bigint; completion?: bigint; request?: bigint }

/** Rules for a call (specs/routing.md). Lists name providers or offers, in lower case. */
export type RoutingRules = {
  order?: readonly (Address | Hex)[]
  /** `false`: no offers but those of `order`, or the first choice. */
  allowFallbacks?: boolean
  sort?: Sort
  /** The call may be bought twice; `afterMs`: milliseconds without an answer after which it is. */
  hedge?: { afterMs?: number } | false
  only?: readonly (Address | Hex)[]
  ignore?: readonly (Address | Hex)[]
  maxPrice?: MaxPrice
  /** Only offers whose answers a contract judges. */
  requireProof?: boolean
  /** Least that a provider's stake must be, in times of what is at risk with it. */
  minCoverage?: number
  /** Seconds: longest that the seller may keep what is asked and answered. One that does not say so is left out. */
  maxRetention?: number
}

/**
 * Rules of several, the nearest to the call last: wishes (`order`, `sort`, `allowFallbacks`, `hedge`) are the nearest's, limits add up, so that nobody nearer can undo what
 * somebody further away set.
 */
export function combineRules(...all: readonly RoutingRules[]): RoutingRules {
  return all.reduce(narrowed, {})
}

function narrowed(outer: RoutingRules, inner: RoutingRules): RoutingRules {
  const only = outer.only && inner.only ? inner.only.filter((name) => outer.only?.includes(name)) : undefined
  const maxPrice = {
    ...leastIn('prompt', outer.maxPrice, inner.maxPrice),
    ...leastIn('completion', outer.maxPrice, inner.maxPrice),
    ...leastIn('request', outer.maxPrice, inner.maxPrice),
  }
  const retention = Math.min(
    outer.maxRetention ?? Number.POSITIVE_INFINITY,
    inner.maxRetention ?? Number.POSITIVE_INFINITY,
  )
  const coverage = Math.max(outer.minCoverage ?? 0, inner.minCoverage ?? 0)
  return {
    ...outer,
    ...inner,
    ...(only && { only }),
    ignore: [...(outer.ignore ?? []), ...(inner.ignore ?? [])],
    maxPrice,
    requireProof: Boolean(outer.requireProof || inner.requireProof),
    ...(coverage > 0 && { minCoverage: coverage }),
    ...(retention < Number.POSITIVE_INFINITY && { maxRetention: retention }),
  }
}

function leastIn(member: keyof MaxPrice, a: MaxPrice = {}, b: MaxPrice = {}): MaxPrice {
  const least = leastOf(a[member], b[member])
  return least === undefined ? {} : { [member]: least }
}

/** The least of those that are there. */
export function leastOf(...amounts: readonly (bigint | undefined)[]): bigint | undefined {
  const [least] = amounts.filter((amount) => amount !== undefined).sort((a, b) => (a < b ? -1 : 1))
  return least
}
