import type { DatabaseSync } from 'node:sqlite'
import type { Address, Hex } from '@stoa/protocol'
import { amountOfText, amountToText } from './amount.ts'
import type { LaneId, LaneRecord } from './lane.ts'

type Row = Record<string, unknown>

/** What one answer does to its lane. */
export type LaneCharge = LaneId & {
  voucher: LaneRecord['voucher']
  charged: bigint
  settled: bigint
  answeredAt: number
}

/** What the chain says of a lane: `settled` wei in all, by a claim of `calls` answers up to `cumulative` sent at `claimedAt`. */
export type LaneSettlement = LaneId & { settled: bigint; cumulative: bigint; calls: number; claimedAt: number }

/** Reads and writes of the table `lanes`; the caller holds the transaction. */
export function laneTable(database: DatabaseSync) {
  const find = database.prepare('select * from lanes where payer = ? and offer_id = ? and lane = ?')
  const unsettled = database.prepare('select * from lanes where unsettled_since is not null order by unsettled_since')
  const claimable = database.prepare(`
    select * from lanes
    where unsettled_since is not null and retry_at <= :now and voucher_valid_until > :now
    order by unsettled_since`)
  // `settled` here may be ahead of the caller's, whose value was read before its model ran.
  const ofPayer = database.prepare('select * from lanes where payer = ? order by id desc limit ?')
  const charge = database.prepare(`
    insert into lanes (payer, offer_id, lane, voucher_cumulative, voucher_valid_until, voucher_signature, voucher_digest,
                       charged, settled, calls, unsettled_since)
    values (:payer, :offerId, :lane, :cumulative, :validUntil, :signature, :digest, :charged, :settled, 1,
            case when :charged > :settled then :answeredAt end)
    on conflict (payer, offer_id, lane) do update set
      voucher_cumulative = excluded.voucher_cumulative,
      voucher_valid_until = excluded.voucher_valid_until,
      voucher_signature = excluded.voucher_signature,
      voucher_digest = excluded.voucher_digest,
      charged = excluded.charged,
      settled = max(settled, excluded.settled),
      calls = calls + 1,
      unsettled_since = case when excluded.charged > max(settled, excluded.settled)
                             then coalesce(unsettled_since, :answeredAt) end,
      retry_at = 0
    returning id`)
  const settle = database.prepare(`
    update lanes set
      charged = max(charged, :settled),
      settled = max(settled, :settled),
      calls = case when charged <= max(settled, :settled) then 0 else max(0, calls - :calls) end,
      unsettled_since = case when charged <= max(settled, :settled) then null
                             when :settled >= :cumulative then max(unsettled_since, :claimedAt)
                             else unsettled_since end
    where payer = :payer and offer_id = :offerId and lane = :lane`)
  const unsettle = database.prepare(`
    update lanes set
      settled = :settled,
      calls = calls + :calls,
      unsettled_since = case when charged > :settled then min(coalesce(unsettled_since, :now), :now) end,
      retry_at = 0
    where payer = :payer and offer_id = :offerId and lane = :lane`)
  const postpone = database.prepare('update lanes set retry_at = ? where payer = ? and offer_id = ? and lane = ?')

  return {
    idOf({ payer, offerId, lane }: LaneId): number | undefined {
      const id = find.get(payer, offerId, lane.toString())?.id
      return id === undefined ? undefined : Number(id)
    },
    find({ payer, offerId, lane }: LaneId): LaneRecord | undefined {
      const row = find.get(payer, offerId, lane.toString())
      return row && laneOf(row)
    },
    /** Lanes on which something is owed, the oldest debt first. */
    unsettled: (): LaneRecord[] => unsettled.all().map(laneOf),
    /** Of these, lanes that a claim at `now` (unix second) may get something for. */
    claimable: (now: number): LaneRecord[] => claimable.all({ now }).map(laneOf),
    /** A payer's lanes, the latest first. */
    ofPayer: (payer: Address, limit: number): LaneRecord[] => ofPayer.all(payer, limit).map(laneOf),
    /** Returns the row's id. */
    charge(c: LaneCharge): number {
      const row = charge.get({
        payer: c.payer,
        offerId: c.offerId,
        lane: c.lane.toString(),
        cumulative: amountToText(c.voucher.maxCumulative),
        validUntil: c.voucher.validUntil,
        signature: c.voucher.signature,
        digest: c.voucher.digest,
        charged: amountToText(c.charged),
        settled: amountToText(c.settled),
        answeredAt: c.answeredAt,
      })
      return Number(row?.id)
    },
    settle(s: LaneSettlement): void {
      settle.run({
        payer: s.payer,
        offerId: s.offerId,
        lane: s.lane.toString(),
        settled: amountToText(s.settled),
        cumulative: amountToText(s.cumulative),
        calls: s.calls,
        claimedAt: s.claimedAt,
      })
    },
    /** The chain took a settlement of `calls` answers back: `settled` wei is what is left. */
    unsettle({ payer, offerId, lane }: LaneId, settled: bigint, calls: number, now: number): void {
      unsettle.run({ payer, offerId, lane: lane.toString(), settled: amountToText(settled), calls, now })
    },
    postpone({ payer, offerId, lane }: LaneId, until: number): void {
      postpone.run(until, payer, offerId, lane.toString())
    },
  }
}

function laneOf(row: Row): LaneRecord {
  return {
    payer: row.payer as Address,
    offerId: row.offer_id as Hex,
    lane: BigInt(row.lane as string),
    voucher: {
      maxCumulative: amountOfText(row.voucher_cumulative as string),
      validUntil: row.voucher_valid_until as number,
      signature: row.voucher_signature as Uint8Array,
      digest: row.voucher_digest as Uint8Array,
    },
    charged: amountOfText(row.charged as string),
    settled: amountOfText(row.settled as string),
    calls: row.calls as number,
    unsettledSince: (row.unsettled_since as number | null) ?? undefined,
    retryAt: row.retry_at as number,
  }
}
