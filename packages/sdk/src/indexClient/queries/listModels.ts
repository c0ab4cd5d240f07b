import type { Address } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, count, hex } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const indexedModelSchema = z.object({
  id: big,
  owner: hex,
  /** Of offers made from now on. */
  ownerSharePpm: count,
  activeVersion: count,
  versions: count,
  /** SHA-256 of the active version's card: a blob, which providers have. */
  card: hex,
  weights: hex,
  resaleReceiver: z.nullable(hex),
  resaleFeeBps: count,
  offers: count,
  openOffers: count,
  /** Wei settled under its offers. */
  settled: big,
  /** Wei paid for its answers without a voucher. */
  direct: big,
  calls: count,
  /** Different payers. */
  payers: count,
  publishedAt: count,
  block: count,
  tx: hex,
})

/** A model as the ledger tells it, with its active version. */
export type IndexedModel = z.output<typeof indexedModelSchema>

/** What a list of models can be sorted by; each most first, `newest` latest first. */
export type ModelOrder = 'newest' | 'settled' | 'calls' | 'payers' | 'openOffers'

export type ListModelsParameters = {
  modelId?: bigint
  owner?: Address
  /** Only models with an offer that is not closed. */
  offered?: boolean
  /** `newest`. */
  order?: ModelOrder
  /** 100. */
  limit?: number
  /** 0. */
  offset?: number
}

const ORDERS: Record<ModelOrder, string> = {
  newest: 'm.id desc',
  settled: 'm.settled desc, m.id desc',
  calls: 'm.calls desc, m.id desc',
  payers: 'm.payers desc, m.id desc',
  openOffers: 'm.open_offers desc, m.id desc',
}

/** Models with their active versions. */
export function listModels(parameters: ListModelsParameters = {}): Question<IndexedModel[]> {
  const { modelId, owner, offered, order = 'newest', limit = 100, offset = 0 } = parameters
  const { where, params } = filter({
    'm.id = ?': modelId,
    'm.owner = ?': owner?.toLowerCase(),
    'm.open_offers > ?': offered ? 0 : undefined,
  })
  const sql = `select m.*, v.card, v.weights from models m
    join versions v on v.model_id = m.id and v.version = m.active_version
    ${where} order by ${ORDERS[order]} ${page(params, limit, offset)}`
  return question(indexedModelSchema, sql, params)
}
