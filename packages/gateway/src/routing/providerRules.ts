import type { Hex } from '@stoa/protocol'
import { z } from 'zod'
import { BadRequestError } from '../errors.ts'
import { type MaxPrice, type RoutingRules, SORTS } from './rules.ts'

/** A provider's address or an offer's id, in any case. */
const name = z.templateLiteral(
  ['0x', z.string().regex(/^([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$/)],
  "must be a provider's address or an offer's id: 0x and 40 or 64 hexadecimal digits",
)
const list = z.array(name).max(1000)
const DECIMAL = /^\d{1,30}(\.\d{1,40})?$/
/** Whole tokens of money. Numbers that JSON writes with an exponent have to be texts. */
const amount = z
  .union([z.string(), z.number()])
  .refine((value) => DECIMAL.test(String(value)), 'is no amount: write a decimal such as "0.25"')

/** The member `provider` of a request, as callers write it (specs/routing.md). A member that is not known is refused: it would not be kept. */
export const providerRules = z.strictObject({
  order: list.nullish(),
  allow_fallbacks: z.boolean().nullish(),
  sort: z.enum(SORTS).nullish(),
  hedge: z.union([z.boolean(), z.strictObject({ after_ms: z.int().min(0).max(600_000).nullish() })]).nullish(),
  only: list.nullish(),
  ignore: list.nullish(),
  max_price: z
    .strictObject({ prompt: amount.nullish(), completion: amount.nullish(), request: amount.nullish() })
    .nullish(),
  require_proof: z.union([z.boolean(), z.literal('exact')]).nullish(),
  min_coverage: z.number().min(0).nullish(),
  max_retention_seconds: z.int().min(0).nullish(),
})

export type ProviderRules = z.infer<typeof providerRules>

/** The rules as the chooser takes them. `decimals`: of the token of money. */
export function rulesOfProvider(rules: ProviderRules | undefined, decimals: number): RoutingRules {
  if (!rules) return {}
  const { order, only, ignore, sort, hedge, allow_fallbacks: allowFallbacks, max_price: prices } = rules
  const { require_proof: proof, min_coverage: minCoverage, max_retention_seconds: maxRetention } = rules
  return {
    ...(order && { order: order.map(lower) }),
    ...(only && { only: only.map(lower) }),
    ...(ignore && { ignore: ignore.map(lower) }),
    ...(sort && { sort }),
    ...(allowFallbacks != null && { allowFallbacks }),
    ...(hedge != null && { hedge: hedgeOf(hedge) }),
    ...(prices && { maxPrice: pricesOf(prices, decimals) }),
    ...(proof && { requireProof: true }),
    ...(minCoverage != null && { minCoverage }),
    ...(maxRetention != null && { maxRetention }),
  }
}

function hedgeOf(hedge: NonNullable<ProviderRules['hedge']>): NonNullable<RoutingRules['hedge']> {
  if (typeof hedge === 'boolean') return hedge && {}
  return hedge.after_ms == null ? {} : { afterMs: hedge.after_ms }
}

function pricesOf(prices: NonNullable<ProviderRules['max_price']>, decimals: number): MaxPrice {
  const { prompt, completion, request } = prices
  return {
    ...(prompt != null && { prompt: weiOf(prompt, decimals) }),
    ...(completion != null && { completion: weiOf(completion, decimals) }),
    ...(request != null && { request: weiOf(request, decimals) }),
  }
}

/** Rounded down: a limit is never exceeded by what the token can't express. */
function weiOf(value: string | number, decimals: number): bigint {
  const [whole = '0', fraction = ''] = String(value).split('.')
  return BigInt(`${whole}${fraction.padEnd(decimals, '0').slice(0, decimals)}`)
}

function lower(text: Hex): Hex {
  return text.toLowerCase() as Hex
}

/** Throws `BadRequestError` for prices of tokens, which mean nothing to a model without tokens. */
export function refuseTokenPrices({ maxPrice }: RoutingRules): void {
  if (maxPrice?.prompt === undefined && maxPrice?.completion === undefined) return
  throw new BadRequestError('This model has no tokens that a price could be of.', {
    param: 'provider.max_price',
    hint: 'Bound what the whole call may cost: "max_price": { "request": "0.01" }.',
  })
}
