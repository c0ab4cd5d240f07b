import { createIndexClient } from '@stoa/sdk/index-client'
import type { Ledger } from './ledger.ts'

type Row = Record<string, unknown>
/** Columns that hold JSON, of which the literal reading has nothing. */
const UNREAD = new Set(['args', 'details'])

/** An index's tables as text, one line a row, once it has come to the chain's head and its sums can't change. */
export async function indexedTables(url: string, names: readonly string[]): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {}
  const client = createIndexClient({ url, timeout: 60_000 })
  for (const name of names) {
    const rows = await client.ask({
      ...{ sql: `select * from ${name}`, params: [] },
      read: (given) => given as Row[],
    })
    tables[name] = asText(rows)
  }
  return tables
}

/** Rows of any origin, in one order and one form. */
export function asText(rows: readonly Row[]): string[] {
  return rows
    .map((row) =>
      Object.keys(row)
        .filter((column) => !UNREAD.has(column))
        .sort()
        .map((column) => `${column}=${row[column]}`)
        .join(' '),
    )
    .sort()
}

/** Waits until an index has the chain's last block, in which is the last of what was sent. */
export async function caughtUp(url: string, ledger: Ledger): Promise<void> {
  await ledger.mined()
  const client = createIndexClient({ url, timeout: 60_000 })
  for (;;) {
    const [status, block] = await Promise.all([client.status().catch(() => undefined), ledger.test.getBlock()])
    if (status?.ready && status.block === Number(block.number) && status.at === Number(block.timestamp)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
