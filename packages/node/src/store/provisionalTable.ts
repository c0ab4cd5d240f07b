import type { DatabaseSync } from 'node:sqlite'
import type { Address, Hex } from '@stoa/protocol'
import type { LaneId } from './lane.ts'

/** A lane whose last settlement a reorganisation may take back. */
export type ProvisionalLane = LaneId & {
  /** A block by which the chain has the settlement; undefined while nobody has looked. */
  block: bigint | undefined
  /** Answers that were settled since the last final settlement. */
  calls: number
}

/** Reads and writes of the table `provisional`; the caller holds the transaction. */
export function provisionalTable(database: DatabaseSync) {
  const all = database.prepare('select * from provisional order by block limit ?')
  const add = database.prepare(`
    insert into provisional (payer, offer_id, lane, block, calls) values (?, ?, ?, ?, ?)
    on conflict (payer, offer_id, lane) do update set block = excluded.block, calls = calls + excluded.calls`)
  const see = database.prepare('update provisional set block = ? where payer = ? and offer_id = ? and lane = ?')
  const remove = database.prepare('delete from provisional where payer = ? and offer_id = ? and lane = ?')
  return {
    /** Those of which nothing is known first, then by block. */
    list: (limit: number): ProvisionalLane[] =>
      all.all(limit).map((row) => ({
        payer: row.payer as Address,
        offerId: row.offer_id as Hex,
        lane: BigInt(row.lane as string),
        block: row.block === null ? undefined : BigInt(row.block as number),
        calls: row.calls as number,
      })),
    add({ payer, offerId, lane }: LaneId, block: bigint | undefined, calls: number): void {
      add.run(payer, offerId, lane.toString(), block ?? null, calls)
    },
    seen({ payer, offerId, lane }: LaneId, block: bigint): void {
      see.run(block, payer, offerId, lane.toString())
    },
    remove({ payer, offerId, lane }: LaneId): void {
      remove.run(payer, offerId, lane.toString())
    },
  }
}
