import type { DatabaseSync } from 'node:sqlite'
import type { SignedVoucher } from '@stoa/protocol'

/** Refused vouchers that are remembered at most, the latest: 10 MB. Strangers can have theirs refused too. */
const MOST = 100_000

/** Reads and writes of the table `refused`; the caller holds the transaction. */
export function refusedTable(database: DatabaseSync) {
  const find = database.prepare('select 1 from refused where signature = ?')
  const insert = database.prepare('insert or ignore into refused (signature, valid_until) values (?, ?)')
  const expire = database.prepare('delete from refused where valid_until < ?')
  const shorten = database.prepare(
    'delete from refused where id <= (select id from refused order by id desc limit 1 offset ?)',
  )
  return {
    has: (signature: Uint8Array): boolean => find.get(signature) !== undefined,
    add({ signature, validUntil }: Pick<SignedVoucher, 'signature' | 'validUntil'>): void {
      insert.run(signature, validUntil)
    },
    /** Forgets those that can't be used any more at `now` (unix second), and the oldest where there are too many. */
    prune(now: number, most = MOST): void {
      expire.run(now)
      shorten.run(most)
    },
  }
}
