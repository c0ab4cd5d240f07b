import type { Address, Hex } from '@stoa/protocol'
import * as z from 'zod/mini'
import { hex, logShape, type Place } from '../columns.ts'
import { filter, page } from '../filter.ts'
import { type Question, question } from '../question.ts'

const CONTRACTS = [
  'modelRegistry',
  'providerRegistry',
  'escrow',
  'revenueSink',
  'offerPayments',
  'arbiter',
  'smallModels',
  'token',
] as const

const eventSchema = z.object({
  ...logShape,
  contract: z.enum(CONTRACTS),
  name: z.string(),
  /** Who sent the transaction. */
  sender: hex,
  /** Arguments by name; whole numbers are decimal strings, long bytes are cut. */
  args: z.record(z.string(), z.unknown()),
})

/** An event of one of Stoa's contracts. */
export type IndexedEvent = z.output<typeof eventSchema>

export type ListEventsParameters = {
  contract?: IndexedEvent['contract']
  name?: string
  sender?: Address
  /** Only those of this transaction. */
  tx?: Hex
  /** Only those of this block. */
  block?: number
  /** The last row of the page before. */
  before?: Place | undefined
  /** 100. */
  limit?: number
}

/** Everything that happened, latest first. */
export function listEvents(parameters: ListEventsParameters = {}): Question<IndexedEvent[]> {
  const { contract, name, sender, tx, block, before, limit = 100 } = parameters
  const { where, params } = filter({
    'contract = ?': contract,
    'name = ?': name,
    'sender = ?': sender?.toLowerCase(),
    'tx = ?': tx,
    'block = ?': block,
    '(block, log_index) < (?, ?)': before && [before.block, before.logIndex],
  })
  const sql = `select * from events ${where} order by block desc, log_index desc ${page(params, limit)}`
  return question(eventSchema, sql, params)
}
