import type { Address } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, count, hex } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const indexedProviderSchema = z.object({
  address: hex,
  /** Base URL of its node, as it says: not checked to be one. */
  endpoint: z.string(),
  endpointKey: hex,
  /** Current key that signs receipts. */
  signer: hex,
  /** Slashable wei that is not on its way out. */
  stake: big,
  unbonding: big,
  withdrawableAt: z.nullable(count),
  /** Wei of stake lost in all. */
  slashed: big,
  offers: count,
  openOffers: count,
  /** Wei and calls settled under its offers. */
  settled: big,
  /** Wei paid for its answers without a voucher. */
  direct: big,
  calls: count,
  registeredAt: count,
  block: count,
  tx: hex,
})

export type IndexedProvider = z.output<typeof indexedProviderSchema>

export type ListProvidersParameters = { provider?: Address; limit?: number; offset?: number }

/** Providers, most stake first; 100 unless told. */
export function listProviders(parameters: ListProvidersParameters = {}): Question<IndexedProvider[]> {
  const { provider, limit = 100, offset = 0 } = parameters
  const { where, params } = filter({ 'p.address = ?': provider?.toLowerCase() })
  const sql = `select p.*, coalesce(o.settled, 0) as settled, coalesce(o.direct, 0) as direct, coalesce(o.calls, 0) as calls
    from providers p left join (
      select provider, sum(settled) as settled, sum(direct) as direct, sum(calls) as calls from offers group by provider
    ) o on o.provider = p.address
    ${where} order by p.stake desc, p.address
    ${page(params, limit, offset)}`
  return question(indexedProviderSchema, sql, params)
}
