import { index, onchainTable, onchainView, primaryKey, sql } from 'ponder'
import { logColumns } from './columns.ts'
import { settlement } from './payers.ts'

/** Events other than settlements, which are nearly all events of a busy market and have a row already. */
export const otherEvent = onchainTable(
  'other_events',
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

/** Every event. The text of a settlement's arguments is that of `plain`. */
export const event = onchainView('events').as((query) =>
  query
    .select()
    .from(otherEvent)
    .unionAll(
      query
        .select({
          block: settlement.block,
          logIndex: settlement.logIndex,
          at: settlement.at,
          tx: settlement.tx,
          contract: sql<string>`'escrow'::text`.as('contract'),
          name: sql<string>`'Settled'::text`.as('name'),
          sender: settlement.sender,
          args: sql<unknown>`json_build_object(
            'offerId', ${settlement.offerId}, 'payer', ${settlement.payer}, 'lane', ${settlement.lane}::text,
            'paid', ${settlement.paid}::text, 'settled', ${settlement.settled}::text, 'calls', ${settlement.calls})`.as(
            'args',
          ),
        })
        .from(settlement),
    ),
)
