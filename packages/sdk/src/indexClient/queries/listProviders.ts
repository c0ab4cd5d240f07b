import type { Address } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, count, hex } from '../columns.ts'
import { filter } from '../filter.ts'
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
  const { where, params } = filter({ 'address = ?': provider?.toLowerCase() })
  const sql = `select * from providers ${where} order by stake desc, address
    limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`
  return question(indexedProviderSchema, sql, params)
}
