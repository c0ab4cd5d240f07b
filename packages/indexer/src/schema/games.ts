import { index, onchainTable, primaryKey } from 'ponder'
import { logColumns, originColumns, whole } from './columns.ts'

export const game = onchainTable(
  'games',
  (t) => ({
    id: t.bigint().primaryKey(),
    receiptDigest: t.hex().notNull(),
    offerId: t.hex().notNull(),
    modelId: t.bigint().notNull(),
    provider: t.hex().notNull(),
    payer: t.hex().notNull(),
    challenger: t.hex().notNull(),
    status: t.text().notNull(),
    phase: t.text().notNull(),
    since: whole(t).notNull(),
    sellerLeft: t.integer().notNull(),
    challengerLeft: t.integer().notNull(),
    entries: whole(t).notNull(),
    moves: t.integer().notNull(),
    ground: t.text(),
    taken: t.bigint(),
    burned: t.bigint(),
    openedAt: whole(t).notNull(),
    endedAt: whole(t),
    ...originColumns(t),
  }),
  (table) => ({
    byProvider: index().on(table.provider),
    byChallenger: index().on(table.challenger),
    byReceipt: index().on(table.receiptDigest),
  }),
)

export const move = onchainTable(
  'moves',
  (t) => ({
    ...logColumns(t),
    gameId: t.bigint().notNull(),
    number: t.integer().notNull(),
    kind: t.text().notNull(),
    sender: t.hex().notNull(),
    phase: t.text(),
    entries: whole(t),
    entry: whole(t),
    node: t.hex(),
    nodeIndex: t.bigint(),
    below: t.integer(),
    element: t.bigint(),
    sellerLeft: t.integer(),
    challengerLeft: t.integer(),
    details: t.json().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.block, table.logIndex] }),
    byGame: index().on(table.gameId, table.number),
  }),
)

export const verdict = onchainTable(
  'verdicts',
  (t) => ({
    ...logColumns(t),
    gameId: t.bigint(),
    receiptDigest: t.hex().notNull(),
    challenger: t.hex().notNull(),
    convicted: t.boolean().notNull(),
    ground: t.text(),
    taken: t.bigint().notNull(),
    burned: t.bigint().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.block, table.logIndex] }),
    byReceipt: index().on(table.receiptDigest),
  }),
)
