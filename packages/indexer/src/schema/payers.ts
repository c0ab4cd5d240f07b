import { index, onchainTable, primaryKey } from 'ponder'
import { logColumns, whole } from './columns.ts'

export const deposit = onchainTable('deposits', (t) => ({
  payer: t.hex().primaryKey(),
  balance: t.bigint().notNull(),
  locked: t.bigint().notNull(),
  withdrawalAmount: t.bigint().notNull(),
  withdrawableAt: whole(t),
  deposited: t.bigint().notNull(),
  withdrawn: t.bigint().notNull(),
  settled: t.bigint().notNull(),
  calls: whole(t).notNull(),
}))

export const depositMove = onchainTable(
  'deposit_moves',
  (t) => ({
    ...logColumns(t),
    payer: t.hex().notNull(),
    kind: t.text().notNull(),
    amount: t.bigint().notNull(),
    offerId: t.hex(),
    lane: t.bigint(),
    recipient: t.hex(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.block, table.logIndex] }),
    byPayer: index().on(table.payer, table.block),
  }),
)

export const lock = onchainTable(
  'locks',
  (t) => ({
    payer: t.hex().notNull(),
    offerId: t.hex().notNull(),
    lane: t.bigint().notNull(),
    locked: t.bigint().notNull(),
    lockedUntil: whole(t),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.payer, table.offerId, table.lane] }) }),
)

export const settlement = onchainTable(
  'settlements',
  (t) => ({
    ...logColumns(t),
    offerId: t.hex().notNull(),
    provider: t.hex().notNull(),
    payer: t.hex().notNull(),
    modelId: t.bigint().notNull(),
    modelVersion: t.integer().notNull(),
    lane: t.bigint().notNull(),
    paid: t.bigint().notNull(),
    settled: t.bigint().notNull(),
    calls: whole(t).notNull(),
    /** Who sent the transaction. */
    sender: t.hex().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.block, table.logIndex] }),
    byPayer: index().on(table.payer, table.block),
    byModel: index().on(table.modelId, table.block),
    bySender: index().on(table.sender, table.block),
    byOffer: index().on(table.offerId, table.block),
    byTransaction: index().on(table.tx),
  }),
)

export const payment = onchainTable(
  'payments',
  (t) => ({
    ...logColumns(t),
    offerId: t.hex().notNull(),
    provider: t.hex().notNull(),
    modelId: t.bigint().notNull(),
    payer: t.hex().notNull(),
    nonce: t.hex(),
    amount: t.bigint().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.block, table.logIndex] }),
    byOffer: index().on(table.offerId, table.block),
    byModel: index().on(table.modelId, table.block),
    byPayer: index().on(table.payer, table.block),
  }),
)

/** What signed transfers brought to an offer's account and the account has not paid in: within a transaction, as it does both. */
export const unswept = onchainTable('unswept', (t) => ({
  account: t.hex().primaryKey(),
  amount: t.bigint().notNull(),
}))

/** Which payer a model had when: what `models.payers` counts. */
export const buyer = onchainTable(
  'buyers',
  (t) => ({ modelId: t.bigint().notNull(), payer: t.hex().notNull(), firstAt: whole(t).notNull() }),
  (table) => ({ pk: primaryKey({ columns: [table.modelId, table.payer] }) }),
)

export const dailySpending = onchainTable(
  'daily_spending',
  (t) => ({
    day: t.integer().notNull(),
    payer: t.hex().notNull(),
    offerId: t.hex().notNull(),
    modelId: t.bigint().notNull(),
    provider: t.hex().notNull(),
    paid: t.bigint().notNull(),
    calls: whole(t).notNull(),
    settlements: t.integer().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.day, table.payer, table.offerId] }),
    byPayer: index().on(table.payer, table.day),
    byModel: index().on(table.modelId, table.day),
  }),
)

/** What was paid in a day, by who paid: nobody should have to add up all pairs of payer and offer for it. */
export const dailyPayer = onchainTable(
  'daily_payers',
  (t) => ({ day: t.integer().notNull(), payer: t.hex().notNull(), paid: t.bigint().notNull() }),
  (table) => ({ pk: primaryKey({ columns: [table.day, table.payer] }) }),
)

/** What was paid for a model in a day, and credited of it. */
export const dailyModel = onchainTable(
  'daily_models',
  (t) => ({
    day: t.integer().notNull(),
    modelId: t.bigint().notNull(),
    paid: t.bigint().notNull(),
    credited: t.bigint().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.day, table.modelId] }) }),
)
