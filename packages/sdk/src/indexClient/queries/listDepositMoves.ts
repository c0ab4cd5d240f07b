import type { Address } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, hex, logShape, type Place } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const depositMoveSchema = z.object({
  ...logShape,
  payer: hex,
  kind: z.enum(['deposited', 'announced', 'cancelled', 'withdrawn', 'locked', 'unlocked']),
  amount: big,
  offerId: z.nullable(hex),
  lane: z.nullable(big),
  recipient: z.nullable(hex),
})

export type DepositMove = z.output<typeof depositMoveSchema>

export type ListDepositMovesParameters = { payer?: Address; before?: Place | undefined; limit?: number }

/** What happened to deposits beside settlements, latest first; 100 unless told. */
export function listDepositMoves(parameters: ListDepositMovesParameters = {}): Question<DepositMove[]> {
  const { payer, before, limit = 100 } = parameters
  const { where, params } = filter({
    'payer = ?': payer?.toLowerCase(),
    '(block, log_index) < (?, ?)': before && [before.block, before.logIndex],
  })
  const sql = `select * from deposit_moves ${where} order by block desc, log_index desc ${page(params, limit)}`
  return question(depositMoveSchema, sql, params)
}
