import type { Hex } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, hex, logShape, type Place } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const verdictSchema = z.object({
  ...logShape,
  /** Null for a conviction without a game. */
  gameId: z.nullable(big),
  receiptDigest: hex,
  challenger: hex,
  convicted: z.boolean(),
  ground: z.nullable(z.string()),
  taken: big,
  burned: big,
})

export type IndexedVerdict = z.output<typeof verdictSchema>

export type ListVerdictsParameters = { receiptDigest?: Hex; before?: Place | undefined; limit?: number }

/** How disputes ended, latest first; 100 unless told. */
export function listVerdicts({
  receiptDigest,
  before,
  limit = 100,
}: ListVerdictsParameters = {}): Question<IndexedVerdict[]> {
  const { where, params } = filter({
    'receipt_digest = ?': receiptDigest,
    '(block, log_index) < (?, ?)': before && [before.block, before.logIndex],
  })
  const sql = `select * from verdicts ${where} order by block desc, log_index desc ${page(params, limit)}`
  return question(verdictSchema, sql, params)
}
