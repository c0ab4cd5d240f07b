import { index, onchainTable, primaryKey } from 'ponder'
import { logColumns, originColumns, whole } from './columns.ts'

export const provider = onchainTable('providers', (t) => ({
  address: t.hex().primaryKey(),
  endpoint: t.text().notNull(),
  endpointKey: t.hex().notNull(),
  signer: t.hex().notNull(),
  stake: t.bigint().notNull(),
  unbonding: t.bigint().notNull(),
  withdrawableAt: whole(t),
  slashed: t.bigint().notNull(),
  offers: t.integer().notNull(),
  openOffers: t.integer().notNull(),
  registeredAt: whole(t).notNull(),
  ...originColumns(t),
}))

export const offer = onchainTable(
  'offers',
  (t) => ({
    id: t.hex().primaryKey(),
    provider: t.hex().notNull(),
    payee: t.hex().notNull(),
    modelId: t.bigint().notNull(),
    modelVersion: t.integer().notNull(),
    unit: t.text().notNull(),
    price: t.bigint().notNull(),
    ownerSharePpm: t.integer().notNull(),
    proofKind: t.text().notNull(),
    arbiter: t.hex().notNull(),
    profile: t.hex().notNull(),
    escrow: t.hex().notNull(),
    sink: t.hex().notNull(),
    exposure: t.bigint().notNull(),
    slashCap: t.bigint().notNull(),
    terms: t.hex().notNull(),
    salt: t.hex().notNull(),
    state: t.text().notNull(),
    replacedBy: t.hex(),
    settler: t.hex(),
    settled: t.bigint().notNull(),
    direct: t.bigint().notNull(),
    calls: whole(t).notNull(),
    collected: t.bigint().notNull(),
    toOwner: t.bigint().notNull(),
    toPayee: t.bigint().notNull(),
    createdAt: whole(t).notNull(),
    closedAt: whole(t),
    logIndex: t.integer().notNull(),
    ...originColumns(t),
  }),
  (table) => ({
    byModel: index().on(table.modelId),
    byProvider: index().on(table.provider),
    byOrder: index().on(table.block, table.logIndex),
  }),
)

export const slash = onchainTable(
  'slashes',
  (t) => ({
    ...logColumns(t),
    receiptDigest: t.hex().notNull(),
    provider: t.hex().notNull(),
    beneficiary: t.hex().notNull(),
    offerId: t.hex().notNull(),
    modelId: t.bigint().notNull(),
    paid: t.bigint().notNull(),
    burned: t.bigint().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.block, table.logIndex] }),
    byProvider: index().on(table.provider),
    byReceipt: index().on(table.receiptDigest),
    byTime: index().on(table.at),
  }),
)
