import type { Store } from './openStore.ts'

/** Most bytes of whole calls to keep: of one seller, so that it can't push out what others are accused of, and of all. */
export type CallRoom = { readonly perProvider: number; readonly inAll: number }

/** A call is at most 64 MiB, with its own answer: two of one seller at the least, and of all sellers a gibibyte. */
export const CALL_ROOM: CallRoom = { perProvider: 128 << 20, inAll: 1 << 30 }

export type CallRows = {
  table: 'reruns' | 'evidence'
  /** Columns that hold a call's bytes; null once forgotten. */
  columns: readonly string[]
  /** The provider of a row, in SQL. */
  provider: string
}

/** Makes the room hold: forgets the bytes of a table's oldest calls, never their rows, nor the newest call of all. */
export function keepWithin(
  { db }: Pick<Store, 'db'>,
  { table, columns, provider }: CallRows,
  { perProvider, inAll }: CallRoom = CALL_ROOM,
): () => void {
  const bytes = columns.map((column) => `coalesce(length(${column}), 0)`).join(' + ')
  const forget = db.prepare(`
    UPDATE ${table} SET ${columns.map((column) => `${column} = NULL`).join(', ')} WHERE rowid IN (
      SELECT id FROM (
        SELECT rowid AS id, bytes, row_number() OVER newest AS place, sum(bytes) OVER newest AS total,
          sum(bytes) OVER (PARTITION BY provider ORDER BY at DESC, rowid DESC) AS own
        FROM (SELECT rowid, at, ${bytes} AS bytes, ${provider} AS provider FROM ${table})
        WHERE bytes > 0
        WINDOW newest AS (ORDER BY at DESC, rowid DESC)
      ) WHERE place > 1 AND (own > ? OR total > ?)
    )`)
  return () => void forget.run(perProvider, inAll)
}
