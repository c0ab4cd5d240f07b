import { encodeReceiptHeader } from '@stoa/protocol'
import type { Logger } from '../logger.ts'
import type { Chain } from '../market/chain.ts'
import type { Lane } from '../payment/lane.ts'
import type { LaneBook } from '../payment/openLaneBook.ts'
import type { ProviderClient } from '../provider/createProviderClient.ts'
import type { ReceiptTable } from '../store/receiptTable.ts'

export type CreateReceiptReturnerParameters = {
  lanes: Pick<LaneBook, 'lanes'>
  receipts: Pick<ReceiptTable, 'get'>
  chain: Pick<Chain, 'channel' | 'provider'>
  providers: Pick<ProviderClient, 'returnLanes'>
  /** Milliseconds for which an answer may be owed before its seller is taken to have forgotten it. */
  forgotten: number
  /** Milliseconds since 1970. */
  now: () => number
  logger: Logger
}

/** A seller is told again after so many times the age at which it is told. */
const AGAIN = 6
const PAIRS_AT_ONCE = 100

/**
 * Returns receipts and vouchers to sellers that have not settled them for long: one that lost its store can settle by them (specs/recovery.md). Never rejects: a seller that does not want them loses what it
 * is owed.
 */
export function createReceiptReturner(parameters: CreateReceiptReturnerParameters): () => Promise<void> {
  const { lanes, receipts, chain, providers, forgotten, now, logger } = parameters
  const lookedAt = new Map<Lane, number>()

  const owedFor = async (lane: Lane) => {
    const kept = lane.lastReceipt && receipts.get(lane.lastReceipt)
    if (!kept || lane.status === 'open' || (lookedAt.get(lane) ?? 0) + AGAIN * forgotten > now()) return undefined
    if (kept.receipt.answeredAt * 1000 + forgotten > now()) return undefined
    const { settled } = await chain.channel(lane.offerId, lane.lane)
    if (settled < kept.receipt.chargedCumulative) return { lane, kept }
    lookedAt.set(lane, now())
    return undefined
  }
  return async () => {
    const open = [...lanes.lanes()].filter(({ charged }) => charged > 0n)
    const owed = (await Promise.all(open.map((lane) => owedFor(lane).catch(() => undefined)))).filter(
      (each) => each !== undefined,
    )
    for (const [provider, all] of Map.groupBy(owed, ({ kept }) => kept.provider)) {
      const some = all.slice(0, PAIRS_AT_ONCE)
      const seller = await chain.provider(provider).catch(() => undefined)
      if (!seller) continue
      const pairs = some.map(({ kept }) => ({ voucher: kept.voucher, receipt: encodeReceiptHeader(kept.receipt) }))
      const taken = await providers.returnLanes({ endpoint: seller.endpoint, pairs })
      if (taken === undefined) continue
      for (const { lane } of some) lookedAt.set(lane, now())
      if (taken > 0) logger({ type: 'receipts-returned', provider, lanes: taken })
    }
  }
}
