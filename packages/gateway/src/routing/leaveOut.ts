import type { Candidate } from './candidate.ts'
import type { RoutingRules } from './rules.ts'

/** Rules that leave offers out, in the order in which they are asked (specs/routing.md, "Who is left"). */
export const EXCLUSIONS = [
  'only',
  'ignore',
  'require_proof',
  'max_retention_seconds',
  'max_price',
  'ceiling',
  'budget',
  'min_coverage',
  'distrusted',
  'fallbacks',
] as const
export type Exclusion = (typeof EXCLUSIONS)[number]

/** What bounds one call. Wei; undefined where nothing does. */
export type CallBounds = {
  /** The call's and the gateway's ceiling, whichever is less. */
  ceiling?: bigint | undefined
  /** What is left of the key's budgets. */
  budget?: bigint | undefined
  /** Tokens that the model is given, and most that it may give; undefined where it knows none. */
  tokens?: { given: bigint; most: bigint } | undefined
}

/** The first rule that speaks against asking the offer; undefined where none does. */
export function exclusionOf(candidate: Candidate, rules: RoutingRules, bounds: CallBounds): Exclusion | undefined {
  const { only, ignore, requireProof, maxRetention, minCoverage } = rules
  const { charge, proofKind, retentionSeconds = Number.POSITIVE_INFINITY, coverage = 0, state } = candidate
  if (only && !only.some(names(candidate))) return 'only'
  if (ignore?.some(names(candidate))) return 'ignore'
  if (requireProof && proofKind !== 'exact') return 'require_proof'
  if (maxRetention !== undefined && retentionSeconds > maxRetention) return 'max_retention_seconds'
  if (isOverPrice(candidate, rules, bounds)) return 'max_price'
  if (isOver(charge, bounds.ceiling)) return 'ceiling'
  if (isOver(charge, bounds.budget)) return 'budget'
  if (minCoverage !== undefined && coverage < minCoverage) return 'min_coverage'
  return state === 'distrusted' ? 'distrusted' : undefined
}

/** Whether a name in a list means this offer. */
export function names({ provider, offerId }: Pick<Candidate, 'provider' | 'offerId'>): (name: string) => boolean {
  return (name) => name === provider || name === offerId
}

/** Whether `max_price` speaks against it, to the millionth of a wei. A missing one of `prompt` and `completion` bounds its tokens by the other. */
function isOverPrice({ charge, cost }: Candidate, { maxPrice = {} }: RoutingRules, { tokens }: CallBounds): boolean {
  const { prompt, completion, request } = maxPrice
  const [given, made] = [prompt ?? completion, completion ?? prompt]
  if (isOver(charge, request)) return true
  if (!tokens || given === undefined || made === undefined) return false
  return isOver(cost, tokens.given * given + tokens.most * made)
}

function isOver(charge: bigint, limit: bigint | undefined): boolean {
  return limit !== undefined && charge > limit
}
