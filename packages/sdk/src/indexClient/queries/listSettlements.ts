import type { Address, Hex } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, count, hex, logShape, type Place } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const settlementSchema = z.object({
  ...logShape,
  offerId: hex,
  provider: hex,
  payer: hex,
  modelId: big,
  modelVersion: count,
  lane: big,
  /** Wei that moved. */
  paid: big,
  /** The lane's total after it: a receipt whose `chargedCumulative` is not greater is settled. */
  settled: big,
  /** As the settler states them. */
  calls: count,
  /** Who sent the transaction. */
  sender: hex,
})

export type Settlement = z.output<typeof settlementSchema>

export type ListSettlementsParameters = {
  payer?: Address
  modelId?: bigint
  offerId?: Hex
  lane?: bigint
  /** Only those of this transaction. */
  tx?: Hex
  /** The last row of the page before. */
  before?: Place | undefined
  /** 100. */
  limit?: number
}

/** Settlements, latest first. */
export function listSettlements(parameters: ListSettlementsParameters = {}): Question<Settlement[]> {
  const { payer, modelId, offerId, lane, tx, before, limit = 100 } = parameters
  const { where, params } = filter({
    'payer = ?': payer?.toLowerCase(),
    'model_id = ?': modelId,
    'offer_id = ?': offerId,
    'lane = ?': lane,
    'tx = ?': tx,
    '(block, log_index) < (?, ?)': before && [before.block, before.logIndex],
  })
  const sql = `select * from settlements ${where} order by block desc, log_index desc ${page(params, limit)}`
  return question(settlementSchema, sql, params)
}
