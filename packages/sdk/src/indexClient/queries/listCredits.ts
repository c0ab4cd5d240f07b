import type { Address, Hex } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, hex, logShape, type Place } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const creditSchema = z.object({
  ...logShape,
  offerId: hex,
  modelId: big,
  account: hex,
  role: z.enum(['owner', 'payee']),
  amount: big,
})

export type Credit = z.output<typeof creditSchema>

export type ListCreditsParameters = { account?: Address; offerId?: Hex; before?: Place | undefined; limit?: number }

/** Revenue credited to model owners and payees, latest first; 100 unless told. */
export function listCredits({ account, offerId, before, limit = 100 }: ListCreditsParameters = {}): Question<Credit[]> {
  const { where, params } = filter({
    'account = ?': account?.toLowerCase(),
    'offer_id = ?': offerId,
    '(block, log_index) < (?, ?)': before && [before.block, before.logIndex],
  })
  const sql = `select * from credits ${where} order by block desc, log_index desc ${page(params, limit)}`
  return question(creditSchema, sql, params)
}
