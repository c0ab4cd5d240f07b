import { index, onchainTable, primaryKey } from 'ponder'
import { originColumns, whole } from './columns.ts'

export const model = onchainTable(
  'models',
  (t) => ({
    id: t.bigint().primaryKey(),
    owner: t.hex().notNull(),
    ownerSharePpm: t.integer().notNull(),
    activeVersion: t.integer().notNull(),
    versions: t.integer().notNull(),
    resaleReceiver: t.hex(),
    resaleFeeBps: t.integer().notNull(),
    offers: t.integer().notNull(),
    openOffers: t.integer().notNull(),
    settled: t.bigint().notNull(),
    direct: t.bigint().notNull(),
    calls: whole(t).notNull(),
    payers: t.integer().notNull(),
    publishedAt: whole(t).notNull(),
    ...originColumns(t),
  }),
  (table) => ({ owner: index().on(table.owner) }),
)

export const version = onchainTable(
  'versions',
  (t) => ({
    modelId: t.bigint().notNull(),
    version: t.integer().notNull(),
    card: t.hex().notNull(),
    weights: t.hex().notNull(),
    publishedAt: whole(t).notNull(),
    ...originColumns(t),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.modelId, table.version] }) }),
)
