import { index, onchainTable, primaryKey } from 'ponder'
import { logColumns } from './columns.ts'

export const event = onchainTable(
  'events',
  (t) => ({
    ...logColumns(t),
    contract: t.text().notNull(),
    name: t.text().notNull(),
    sender: t.hex().notNull(),
    args: t.json().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.block, table.logIndex] }),
    byTransaction: index().on(table.tx),
    bySender: index().on(table.sender, table.block),
    byName: index().on(table.name, table.block),
  }),
)
