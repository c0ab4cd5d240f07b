import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { laneName } from './ledger.ts'

/** An answer that a seller charged for, as its store has it. */
export type Charge = {
  seller: string
  /** Digest of the request. */
  request: string
  lane: string
  /** Wei. */
  charge: bigint
}

/** An answer that a seller signed for a signed transfer. */
export type Transfer = {
  seller: string
  payer: string
  nonce: string
  request: string
  /** Wei. */
  amount: bigint
  settled: boolean
}

export type SellerBooks = {
  charges: readonly Charge[]
  transfers: readonly Transfer[]
  /** By lane, in wei. */
  lanes: ReadonlyMap<string, { charged: bigint; settled: bigint; owes: boolean }>
}

/** A receipt's fixed-width fields, as specs/node-http.md lays them out. */
function readReceipt(packed: Uint8Array) {
  const hex = Buffer.from(packed).toString('hex')
  const at = (offset: number, bytes: number) => hex.slice(2 * offset, 2 * (offset + bytes))
  const number = (offset: number, bytes: number) => BigInt(`0x${at(offset, bytes)}`)
  return {
    lane: laneName(`0x${at(1, 32)}`, `0x${at(33, 20)}`, number(53, 8)),
    request: `0x${at(105, 32)}`,
    charge: number(177, 12),
    charged: number(189, 12),
  }
}

/** What a node's store says, read with nothing of ours, once the node has ended. */
export function readSeller(seller: string, folder: string): SellerBooks {
  const database = new DatabaseSync(join(folder, 'node.db'), { readOnly: true })
  try {
    const lanes = new Map<string, { charged: bigint; settled: bigint; owes: boolean }>()
    for (const row of database.prepare('select * from lanes').all())
      lanes.set(laneName(`${row.offer_id}`, `${row.payer}`, BigInt(`${row.lane}`)), {
        charged: BigInt(`${row.charged}`),
        settled: BigInt(`${row.settled}`),
        owes: row.unsettled_since !== null,
      })
    const charges = database
      .prepare('select receipt from answers order by id')
      .all()
      .map(({ receipt }) => ({ seller, ...readReceipt(receipt as Uint8Array) }))
    const transfers = database
      .prepare('select * from direct')
      .all()
      .map(({ payer, nonce, receipt, amount, settled_by }) => ({
        ...{ seller, payer: `${payer}`, nonce: `${nonce}`, request: readReceipt(receipt as Uint8Array).request },
        ...{ amount: BigInt(`${amount}`), settled: settled_by !== null },
      }))
    return { charges, transfers, lanes }
  } finally {
    database.close()
  }
}

export type BuyerBooks = {
  /** Digest of a receipt → what it says. */
  receipts: ReadonlyMap<string, { request: string; lane: string; charge: bigint }>
  lanes: ReadonlyMap<string, { status: string; charged: bigint; signed: bigint }>
  /** Answers that failed a check. */
  evidence: readonly string[]
}

/** What a gateway's store says, read with nothing of ours, once the gateway has ended. */
export function readBuyer(payer: string, folder: string): BuyerBooks {
  const database = new DatabaseSync(join(folder, 'gateway.db'), { readOnly: true })
  const hex = (bytes: unknown) => `0x${Buffer.from(bytes as Uint8Array).toString('hex')}`
  try {
    const receipts = new Map<string, { request: string; lane: string; charge: bigint }>()
    for (const { digest, packed } of database.prepare('select digest, packed from receipts').all())
      receipts.set(hex(digest), readReceipt(packed as Uint8Array))
    const lanes = new Map<string, { status: string; charged: bigint; signed: bigint }>()
    for (const row of database.prepare('select * from lanes').all())
      lanes.set(laneName(hex(row.offer), payer, BigInt(hex(row.lane))), {
        status: `${row.status}`,
        charged: BigInt(`${row.charged}`),
        signed: BigInt(`${row.signed}`),
      })
    const evidence = database.prepare('select reason from evidence').all()
    return { receipts, lanes, evidence: evidence.map(({ reason }) => `${reason}`) }
  } finally {
    database.close()
  }
}
