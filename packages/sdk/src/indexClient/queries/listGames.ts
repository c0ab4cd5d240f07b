import type { Address, Hex } from '@stoa/protocol'
import * as z from 'zod/mini'
import { big, count, hex } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const indexedGameSchema = z.object({
  id: big,
  receiptDigest: hex,
  offerId: hex,
  modelId: big,
  provider: hex,
  payer: hex,
  challenger: hex,
  status: z.enum(['on', 'convicted', 'dismissed']),
  /** What it waits for, by its name in Dispute.sol; `over` at the end. */
  phase: z.string(),
  /** Unix second at which the turn began, and what each side had left then, in seconds. */
  since: count,
  sellerLeft: count,
  challengerLeft: count,
  /** Entries of the trace that the seller committed to. */
  entries: count,
  moves: count,
  ground: z.nullable(z.string()),
  /** Wei of stake that came to the arbiter, and that burned. */
  taken: z.nullable(big),
  burned: z.nullable(big),
  openedAt: count,
  endedAt: z.nullable(count),
  block: count,
  tx: hex,
})

/** A game as its last move left it. */
export type IndexedGame = z.output<typeof indexedGameSchema>

export type ListGamesParameters = {
  gameId?: bigint
  status?: IndexedGame['status']
  provider?: Address
  challenger?: Address
  receiptDigest?: Hex
  modelId?: bigint
  limit?: number
  offset?: number
}

/** Games, latest first; 100 unless told. */
export function listGames(parameters: ListGamesParameters = {}): Question<IndexedGame[]> {
  const { gameId, status, provider, challenger, receiptDigest, modelId, limit = 100, offset = 0 } = parameters
  const { where, params } = filter({
    'id = ?': gameId,
    'status = ?': status,
    'provider = ?': provider?.toLowerCase(),
    'challenger = ?': challenger?.toLowerCase(),
    'receipt_digest = ?': receiptDigest,
    'model_id = ?': modelId,
  })
  const sql = `select * from games ${where} order by id desc ${page(params, limit, offset)}`
  return question(indexedGameSchema, sql, params)
}
