import type { Address, Hex } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, hex, logShape, type Place } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const slashSchema = z.object({
  ...logShape,
  receiptDigest: hex,
  provider: hex,
  beneficiary: hex,
  offerId: hex,
  modelId: big,
  paid: big,
  burned: big,
})

export type Slash = z.output<typeof slashSchema>

export type ListSlashesParameters = {
  provider?: Address
  receiptDigest?: Hex
  modelId?: bigint
  before?: Place | undefined
  limit?: number
}

/** Slashes, latest first; 100 unless told. */
export function listSlashes(parameters: ListSlashesParameters = {}): Question<Slash[]> {
  const { provider, receiptDigest, modelId, before, limit = 100 } = parameters
  const { where, params } = filter({
    'provider = ?': provider?.toLowerCase(),
    'receipt_digest = ?': receiptDigest,
    'model_id = ?': modelId,
    '(block, log_index) < (?, ?)': before && [before.block, before.logIndex],
  })
  const sql = `select * from slashes ${where} order by block desc, log_index desc ${page(params, limit)}`
  return question(slashSchema, sql, params)
}
