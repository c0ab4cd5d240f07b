import type { Hex } from '@stoa/protocol'
import {
  type Apart,
  getDeposit,
  getEarnings,
  getGame,
  getModel,
  getTotals,
  greatestInFlow,
  listDepositMoves,
  listEvents,
  listGames,
  listModels,
  listMoves,
  listOffers,
  listProviders,
  listSettlements,
  listTransfers,
  listVersions,
  type Question,
  spendByDay,
  valueFlow,
} from '@stoa/sdk/index-client'

export type Subjects = {
  payer: Hex
  provider: Hex
  offerId: Hex
  tx: Hex
  block: number
  modelId: bigint
  day: number
  /** Who and what the value flow tells apart. */
  apart: Apart
}

/** The one question that no page asks. */
export const WHOLE_MARKET = 'gateway: open offers'

/** What the dashboard's pages and the gateway ask an index, as they ask it. */
export function questionsOf({
  payer,
  provider,
  offerId,
  tx,
  block,
  modelId,
  day,
  apart,
}: Subjects): Record<string, Question<unknown>> {
  return {
    'market: models by calls': listModels({ order: 'calls', limit: 1_000 }),
    [WHOLE_MARKET]: listOffers({ open: true, limit: 1_000 }),
    'model: itself': getModel({ modelId }),
    'model: its offers': listOffers({ modelId }),
    'model: its versions': listVersions({ modelId }),
    'offer: itself': listOffers({ offerId }),
    'offer: its settlements': listSettlements({ offerId, limit: 100 }),
    'receipt: its settlement': listSettlements({ offerId, payer, lane: 0n }),
    'wallet: deposit': getDeposit({ payer }),
    'wallet: what happened to it': listDepositMoves({ payer }),
    'wallet: spending by day': spendByDay({ payer, from: day - 90, to: day }),
    'value flow, 30 days: the greatest': greatestInFlow({ from: day - 29, to: day }),
    'value flow, 30 days': valueFlow({ from: day - 29, to: day, apart }),
    'explorer: latest events': listEvents({ limit: 60 }),
    'explorer: next page of events': listEvents({ limit: 60, before: { block, logIndex: 5 } }),
    'explorer: settlements of all events': listEvents({ name: 'Settled', limit: 60 }),
    'explorer: a transaction': listEvents({ tx, limit: 60 }),
    'explorer: a block': listEvents({ block, limit: 60 }),
    'address: what it sent': listEvents({ sender: payer, limit: 60 }),
    'address: transfers': listTransfers({ account: payer, kind: 'token', limit: 100 }),
    'address: earnings': getEarnings({ account: provider }),
    'address: provider': listProviders({ provider }),
    'disputes: all': listGames({ limit: 500 }),
    'disputes: one': getGame({ gameId: 1n }),
    'disputes: its moves': listMoves({ gameId: 1n }),
    'network: totals': getTotals(),
  }
}
