import { UNITS_PER_PRICE } from '@stoa/protocol'
import type { Candidate } from './candidate.ts'
import { meanLeaningTo } from './decayed.ts'
import { type CallBounds, type Exclusion, exclusionOf, names } from './leaveOut.ts'
import type { RoutingRules, Sort } from './rules.ts'

export type ChooseParameters<T extends Candidate> = {
  candidates: readonly T[]
  rules: RoutingRules
  bounds: CallBounds
  /** 0 to below 1. */
  random: () => number
}

/** `ranked`: offers in the order in which to ask them. `excluded`: all others, each with the first rule that speaks against it. */
export type Choice<T extends Candidate> = { ranked: T[]; excluded: { candidate: T; by: Exclusion }[] }

/** The order in which a call's offers are asked (specs/routing.md). Pure: what it draws, it draws from `random`. */
export function chooseOffers<T extends Candidate>(parameters: ChooseParameters<T>): Choice<T> {
  const { candidates, rules, bounds, random } = parameters
  const left: T[] = []
  const excluded: Choice<T>['excluded'] = []
  for (const candidate of candidates) {
    const by = exclusionOf(candidate, rules, bounds)
    if (by) excluded.push({ candidate, by })
    else left.push(candidate)
  }
  const healthy = left.filter(({ state }) => state === 'healthy')
  const others = left.filter(({ state }) => state !== 'healthy')
  const ranked = [...inOrder(healthy, left, rules, random), ...inOrder(others, left, rules, random)]
  if (rules.allowFallbacks !== false) return { ranked, excluded }
  const isNamed = (candidate: T) => rules.order?.some(names(candidate)) ?? candidate === ranked[0]
  const dropped = ranked.filter((candidate) => !isNamed(candidate))
  const byRule = dropped.map((candidate) => ({ candidate, by: 'fallbacks' }) as const)
  return { ranked: ranked.filter(isNamed), excluded: [...excluded, ...byRule] }
}

/** Those that `order` names, in its order, then the rest. `peers`: whose usual figures an unknown offer is taken to have. */
function inOrder<T extends Candidate>(
  offers: readonly T[],
  peers: readonly T[],
  { order = [], sort }: RoutingRules,
  random: () => number,
): T[] {
  const named = order.flatMap((name) => offers.filter((offer) => names(offer)(name)).sort(byCost))
  const first = [...new Set(named)]
  const rest = offers.filter((offer) => !first.includes(offer))
  return [...first, ...(sort ? strictly(sort, rest, peers) : balanced(rest, peers, random))]
}

function strictly<T extends Candidate>(sort: Sort, offers: readonly T[], peers: readonly Candidate[]): T[] {
  const usual = usualOf(peers)
  const keys: Record<Sort, (offer: Candidate) => number> = {
    price: () => 0,
    latency: (offer) => waitOf(offer, usual.latency),
    throughput: (offer) => -meanLeaningTo(offer.live.throughput, usual.throughput),
    reliability: (offer) => -successOf(offer),
  }
  const keyOf = keys[sort]
  return offers
    .map((offer) => ({ offer, key: keyOf(offer) }))
    .sort((a, b) => a.key - b.key || byCost(a.offer, b.offer))
    .map(({ offer }) => offer)
}

/** Power of two choices, again and again: of two drawn by cost the one that weighs less in cost and wait is next. */
function balanced<T extends Candidate>(offers: readonly T[], peers: readonly Candidate[], random: () => number): T[] {
  const usual = usualOf(peers)
  const least = Math.min(...offers.map(weiOf))
  let left = offers.map((offer) => {
    return {
      offer,
      weight: weightOf(offer, least),
      burden: burdenOf(offer, usual.latency) * doubtOf(offer, random) ** 2,
    }
  })
  const ranked: T[] = []
  for (let [first, ...others] = draw(left, random); first; [first, ...others] = draw(left, random)) {
    const [second = first] = draw(others, random)
    const next = second.burden < first.burden ? second : first
    ranked.push(next.offer)
    left = left.filter((each) => each !== next)
  }
  return ranked
}

/** How far one call's wait usually lies from another's with the same seller, as the standard deviation of their logarithms. */
const SPREAD = 0.5

/** A factor for the wait, drawn anew for each call: the less is known of a seller, the further it may be from what it seems (Thompson sampling, with what is known to the weight of one call before the first). */
function doubtOf({ live }: Candidate, random: () => number): number {
  // Box and Muller: never the logarithm of 0.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.exp((SPREAD * normal) / Math.sqrt(1 + live.latency.weight))
}

/** Cost and wait in one: half the wait is worth four times the cost. */
export function burdenOf(candidate: Candidate, usualLatency: number): number {
  return (weiOf(candidate) + LEAST_COST) * waitOf(candidate, usualLatency) ** 2
}

/** Milliseconds until an answer may be expected, failures included. */
export function waitOf(candidate: Candidate, usualLatency: number): number {
  const { latency, inFlight, load } = candidate.live
  const busy = Math.max(inFlight, load?.queued ?? 0)
  const alone = Math.exp(meanLeaningTo(latency, Math.log(usualLatency)))
  return (alone * (1 + busy / (load?.capacity ?? 1))) / successOf(candidate)
}

/** Leans to certain success: a new seller is trusted once. Never 0. */
function successOf({ live }: Candidate): number {
  return meanLeaningTo(live.success, 1)
}

/** One cent of a wei keeps calls that cost nothing comparable. */
const LEAST_COST = 0.01

function weightOf(candidate: Candidate, least: number): number {
  return (least + LEAST_COST) / (weiOf(candidate) + LEAST_COST)
}

const weiOf = ({ cost }: Candidate): number => Number(cost) / Number(UNITS_PER_PRICE)

/** All of them, first one that is drawn: each with a chance by its weight. */
function draw<W extends { weight: number }>(all: readonly W[], random: () => number): W[] {
  let rest = random() * all.reduce((sum, { weight }) => sum + weight, 0)
  const first = all.find(({ weight }) => {
    rest -= weight
    return rest < 0
  })
  // Rounding may leave a little after the last.
  const found = first ?? all.at(-1)
  return found ? [found, ...all.filter((each) => each !== found)] : []
}

/** What is usual among offers that were called before: medians. */
function usualOf(peers: readonly Candidate[]): { latency: number; throughput: number } {
  const medianOf = (member: 'latency' | 'throughput') => {
    const means = peers.map(({ live }) => live[member]).filter(({ weight }) => weight > 0.01)
    const sorted = means.map(({ sum, weight }) => sum / weight).sort((a, b) => a - b)
    return sorted[Math.floor(sorted.length / 2)]
  }
  return { latency: Math.exp(medianOf('latency') ?? 0), throughput: medianOf('throughput') ?? 1 }
}

/** By unrounded cost, then by id, so that the order is one. */
function byCost(a: Candidate, b: Candidate): number {
  if (a.cost !== b.cost) return a.cost < b.cost ? -1 : 1
  return a.offerId < b.offerId ? -1 : 1
}
