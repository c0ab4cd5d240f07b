import type { DatabaseSync } from 'node:sqlite'
import type { Address, Hex } from '@stoa/protocol'
import type { DirectPayment } from '@stoa/sdk'
import type { FoundCall, Judged } from './answerTable.ts'
import type { LaneId } from './lane.ts'

/** A direct payment with the answer that it is for (specs/x402.md). */
export type DirectSale = {
  payment: DirectPayment
  /** The receipt's. */
  lane: bigint
  requestDigest: Hex
  /** Signed (`packReceipt`). */
  receipt: Uint8Array
  /** Encoded tensors. */
  response: Uint8Array
  answeredAt: number
  /** A block at which the payment was not used. */
  fromBlock: bigint
  /** The transaction that moved the money; undefined while none is known to have. */
  settledBy: Hex | undefined
}

type Row = Record<string, unknown>

/** Rows removed in one statement. */
const PRUNED_AT_ONCE = 200

/** Reads and writes of the table `direct`; the caller holds the transaction. */
export function directTable(database: DatabaseSync) {
  const find = database.prepare('select * from direct where payer = ? and nonce = ?')
  const onLane = database.prepare('select nonce from direct where payer = ? and offer_id = ? and lane = ?')
  const findCall = database.prepare(
    'select request, receipt, response from direct where payer = ? and offer_id = ? and lane = ? and request is not null',
  )
  const insert = database.prepare(`
    insert into direct (payer, nonce, offer_id, lane, amount, valid_after, valid_before, signature, request_digest, receipt,
                        response, answered_at, from_block, request, keep_until)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const settle = database.prepare('update direct set settled_by = ?, settled_block = 0 where payer = ? and nonce = ?')
  const unsettle = database.prepare(
    'update direct set settled_by = null, settled_block = 0 where payer = ? and nonce = ?',
  )
  const giveUp = database.prepare('update direct set settled_block = null where payer = ? and nonce = ?')
  const provisional = database.prepare('select * from direct where settled_block is not null limit ?')
  const finalise = database.prepare('update direct set settled_block = null where settled_by = ?')
  // An answer is done with once it is paid for, or once its payment can no longer be used.
  const prune = database.prepare(`
    delete from direct where rowid in (
      select rowid from direct
      where answered_at < ? and keep_until < ? and (settled_by is not null or valid_before < ?)
      order by rowid limit ${PRUNED_AT_ONCE})`)

  return {
    find(payer: Address, nonce: Hex): DirectSale | undefined {
      const row = find.get(payer, nonce)
      return row && saleOf(row)
    },
    /** The nonce whose receipt names this lane. */
    nonceOnLane({ payer, offerId, lane }: LaneId): Hex | undefined {
      return onLane.get(payer, offerId, lane.toString())?.nonce as Hex | undefined
    },
    findCall({ payer, offerId, lane }: LaneId): FoundCall | undefined {
      return findCall.get(payer, offerId, lane.toString()) as FoundCall | undefined
    },
    /** Throws when the payment, or its receipt's lane, has an answer already. */
    insert({ payment, ...sale }: DirectSale, judged: Judged | undefined): void {
      const { payer, nonce, offerId, amount, validAfter, validBefore, signature } = payment
      insert.run(
        ...[payer, nonce, offerId, sale.lane.toString(), amount.toString(), validAfter, validBefore, signature],
        ...[sale.requestDigest, sale.receipt, sale.response, sale.answeredAt, sale.fromBlock],
        ...[judged?.request ?? null, judged?.keepUntil ?? 0],
      )
    },
    settle({ payer, nonce }: Pick<DirectPayment, 'payer' | 'nonce'>, hash: Hex): void {
      settle.run(hash, payer, nonce)
    },
    /** Sales whose settlement a reorganisation may take back, or has taken back. */
    provisional: (limit: number): DirectSale[] => provisional.all(limit).map(saleOf),
    /** What this transaction settled stays. */
    finalise: (hash: Hex): void => void finalise.run(hash),
    /** The chain took the settlement back: to be submitted again. */
    unsettle({ payer, nonce }: Pick<DirectPayment, 'payer' | 'nonce'>): void {
      unsettle.run(payer, nonce)
    },
    /** It can't be submitted again. */
    giveUp({ payer, nonce }: Pick<DirectPayment, 'payer' | 'nonce'>): void {
      giveUp.run(payer, nonce)
    },
    /** Removes some of the oldest that are done with at `now`, and can't be judged any more; returns how many. */
    prune: (before: number, now: number): number => Number(prune.run(before, now, now).changes),
  }
}

export type DirectTable = ReturnType<typeof directTable>

function saleOf(row: Row): DirectSale {
  return {
    payment: {
      offerId: row.offer_id as Hex,
      payer: row.payer as Address,
      amount: BigInt(row.amount as string),
      validAfter: BigInt(row.valid_after as number),
      validBefore: BigInt(row.valid_before as number),
      nonce: row.nonce as Hex,
      signature: row.signature as Hex,
    },
    lane: BigInt(row.lane as string),
    requestDigest: row.request_digest as Hex,
    receipt: row.receipt as Uint8Array,
    response: row.response as Uint8Array,
    answeredAt: row.answered_at as number,
    fromBlock: BigInt(row.from_block as number),
    settledBy: (row.settled_by as Hex | null) ?? undefined,
  }
}
