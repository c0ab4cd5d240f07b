import type { DatabaseSync } from 'node:sqlite'
import type { Hex } from '@stoa/protocol'
import { amountToText } from './amount.ts'

/** An answer as it left: what it answered, the signed receipt (`packReceipt`) and the encoded response tensors. */
export type StoredAnswer = {
  requestDigest: Hex
  receipt: Uint8Array
  response: Uint8Array
  voucherSignature: Uint8Array
  /** The voucher stood in a claim, so that anybody can read it on the chain. */
  published: boolean
}

export type NewAnswer = Omit<StoredAnswer, 'published'> & {
  voucherDigest: Uint8Array
  laneId: number
  /** `chargedCumulative` of the receipt, in wei. */
  charged: bigint
  /** Unix second. */
  answeredAt: number
  judged: Judged | undefined
}

/** What a seller needs to answer for an answer that a contract can judge. */
export type Judged = {
  /** Encoded tensors, as `packRequest` gives them. */
  request: Uint8Array
  /** Unix second up to which the answer may be challenged, and a game about it be on. */
  keepUntil: number
}

/** A judged answer as it is found by its receipt. */
export type FoundCall = { request: Uint8Array; receipt: Uint8Array; response: Uint8Array }

/** Rows removed in one statement, so that removing many never holds up a call for long. */
const PRUNED_AT_ONCE = 200

/** Reads and writes of the table `answers`; the caller holds the transaction. */
export function answerTable(database: DatabaseSync) {
  const find = database.prepare(
    'select request_digest, receipt, response, voucher_signature, published from answers where voucher_digest = ?',
  )
  const insert = database.prepare(`
    insert into answers
      (voucher_digest, voucher_signature, lane_id, request_digest, charged, receipt, response, answered_at, request,
       keep_until)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const findCall = database.prepare(
    'select request, receipt, response from answers where lane_id = ? and charged = ? and request_digest = ? and request is not null',
  )
  const publish = database.prepare('update answers set published = 1 where voucher_digest = ?')
  // An answer is done with once it is settled, or once its lane's voucher can no longer be.
  const prune = database.prepare(`
    delete from answers where id in (
      select answers.id from answers join lanes on lanes.id = lane_id
      where answered_at < ? and keep_until < ? and (answers.charged <= settled or voucher_valid_until < ?)
      order by answers.id limit ${PRUNED_AT_ONCE})`)
  const size = database.prepare(
    `select (page_count - freelist_count) * page_size as bytes
     from pragma_page_count, pragma_freelist_count, pragma_page_size`,
  )

  return {
    find(voucherDigest: Uint8Array): StoredAnswer | undefined {
      const row = find.get(voucherDigest)
      return (
        row && {
          requestDigest: row.request_digest as Hex,
          receipt: row.receipt as Uint8Array,
          response: row.response as Uint8Array,
          voucherSignature: row.voucher_signature as Uint8Array,
          published: row.published === 1,
        }
      )
    },
    /** Throws when the voucher has an answer already. */
    insert(a: NewAnswer): void {
      const { voucherDigest, voucherSignature, laneId, requestDigest, receipt, response, answeredAt } = a
      const charged = amountToText(a.charged)
      const [request, keepUntil] = [a.judged?.request ?? null, a.judged?.keepUntil ?? 0]
      const columns = [voucherDigest, voucherSignature, laneId, requestDigest, charged, receipt, response, answeredAt]
      insert.run(...columns, request, keepUntil)
    },
    /** The judged answer to a request after which the lane was charged so much (wei). */
    findCall(laneId: number, charged: bigint, requestDigest: Hex): FoundCall | undefined {
      const row = findCall.get(laneId, amountToText(charged), requestDigest)
      return (
        row && {
          request: row.request as Uint8Array,
          receipt: row.receipt as Uint8Array,
          response: row.response as Uint8Array,
        }
      )
    },
    publish(voucherDigest: Uint8Array): void {
      publish.run(voucherDigest)
    },
    /** Removes some of the oldest answers given before `before` that are done with at `now`, and can't be judged any more; returns how many. */
    prune: (before: number, now: number): number => Number(prune.run(before, now, now).changes),
    /** Bytes of the whole store that are in use. */
    bytesUsed: (): number => Number(size.get()?.bytes),
  }
}
