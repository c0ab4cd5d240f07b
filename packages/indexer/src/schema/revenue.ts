import { index, onchainTable, primaryKey } from 'ponder'
import { logColumns } from './columns.ts'

export const credit = onchainTable(
  'credits',
  (t) => ({
    ...logColumns(t),
    offerId: t.hex().notNull(),
    modelId: t.bigint().notNull(),
    account: t.hex().notNull(),
    role: t.text().notNull(),
    amount: t.bigint().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.block, table.logIndex] }),
    byAccount: index().on(table.account, table.block),
  }),
)

export const earning = onchainTable('earnings', (t) => ({
  account: t.hex().primaryKey(),
  credited: t.bigint().notNull(),
  withdrawn: t.bigint().notNull(),
}))

export const dailyEarning = onchainTable(
  'daily_earnings',
  (t) => ({
    day: t.integer().notNull(),
    offerId: t.hex().notNull(),
    account: t.hex().notNull(),
    role: t.text().notNull(),
    modelId: t.bigint().notNull(),
    amount: t.bigint().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.day, table.offerId, table.account, table.role] }),
    byAccount: index().on(table.account, table.day),
  }),
)

export const transfer = onchainTable(
  'transfers',
  (t) => ({
    ...logColumns(t),
    kind: t.text().notNull(),
    sender: t.hex().notNull(),
    recipient: t.hex().notNull(),
    amount: t.bigint().notNull(),
    modelId: t.bigint(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.block, table.logIndex] }),
    bySender: index().on(table.sender, table.block),
    byRecipient: index().on(table.recipient, table.block),
    byModel: index().on(table.modelId),
  }),
)
