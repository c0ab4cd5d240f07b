import type { Address } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, hex, logShape, type Place } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const transferSchema = z.object({
  ...logShape,
  kind: z.enum(['token', 'model']),
  sender: hex,
  recipient: hex,
  amount: big,
  modelId: z.nullable(big),
})

export type Transfer = z.output<typeof transferSchema>

export type ListTransfersParameters = {
  kind?: Transfer['kind']
  /** Sender or recipient. */
  account?: Address
  modelId?: bigint
  before?: Place | undefined
  limit?: number
}

/** Transfers of models, and of the token to and from Stoa's contracts, latest first; 100 unless told. */
export function listTransfers(parameters: ListTransfersParameters = {}): Question<Transfer[]> {
  const { kind, account, modelId, before, limit = 100 } = parameters
  const party = account?.toLowerCase()
  const { where, params } = filter({
    'kind = ?': kind,
    '(sender = ? or recipient = ?)': party && [party, party],
    'model_id = ?': modelId,
    '(block, log_index) < (?, ?)': before && [before.block, before.logIndex],
  })
  const sql = `select * from transfers ${where} order by block desc, log_index desc ${page(params, limit)}`
  return question(transferSchema, sql, params)
}
