import type { DatabaseSync } from 'node:sqlite'
import type { Hex } from '@stoa/protocol'

/** A dispute about an answer of this node's, as the chain was last seen to have it. */
export type GameRow = {
  game: bigint
  receiptDigest: Hex
  /** Of the challenge. */
  block: bigint
  /** How it ended; undefined while it is on. */
  verdict: 'acquitted' | 'convicted' | undefined
}

/** Reads and writes of the tables `games` and `looked`. The chain decides what is in them: they tell what its operator was told, and where to look from. */
export function gameTable(database: DatabaseSync) {
  const put = database.prepare(`
    insert into games (game, receipt_digest, block, verdict) values (?, ?, ?, ?)
    on conflict (game) do update set
      receipt_digest = excluded.receipt_digest, block = excluded.block, verdict = excluded.verdict`)
  const remove = database.prepare('delete from games where game = ?')
  const all = database.prepare('select * from games order by cast(game as integer)')
  const from = database.prepare('select block from looked')
  const look = database.prepare(
    'insert into looked (id, block) values (1, ?) on conflict (id) do update set block = excluded.block',
  )
  return {
    put({ game, receiptDigest, block, verdict }: GameRow): void {
      put.run(String(game), receiptDigest, String(block), verdict ?? null)
    },
    remove(game: bigint): void {
      remove.run(String(game))
    },
    list: (): GameRow[] =>
      all.all().map((row) => ({
        game: BigInt(row.game as string),
        receiptDigest: row.receipt_digest as Hex,
        block: BigInt(row.block as string),
        verdict: (row.verdict as GameRow['verdict'] | null) ?? undefined,
      })),
    /** The block before which every game is over for good. */
    lookFrom(): bigint | undefined {
      const block = from.get()?.block
      return block === undefined ? undefined : BigInt(block as string)
    },
    setLookFrom(block: bigint): void {
      look.run(String(block))
    },
  }
}

export type GameTable = ReturnType<typeof gameTable>
