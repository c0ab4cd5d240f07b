import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { blockTime } from './chain.ts'

/** How Ponder writes down how far it is: Unix second (10 digits), chain id (16), block (16), and more. */
const CHECKPOINT = /^(\d{10})\d{16}(\d{16})/

/**
 * Makes tables in files ready for another process. New ones are begun where there are none. Tables that can't be read, or whose last final block is no longer the chain's, are removed:
 * they come back from the chain. Otherwise the mark of the process that had them is taken away; it is dead, or this one would not hold the
 * folder, and a new one would wait half a minute for it. Throws `IndexChainError`.
 */
export async function reopenTables(folder: string, rpcUrl: string): Promise<void> {
  if (!existsSync(folder)) return begin(folder)
  const final = await takeOver(folder).catch(() => 'unreadable' as const)
  if (final === undefined) return
  if (final === 'unreadable' || (await blockTime(rpcUrl, final.block)) !== final.time) {
    await rm(folder, { recursive: true, force: true })
    await begin(folder)
  }
}

/** Makes an empty database under another name first: one that was not finished is never taken for one. */
async function begin(folder: string): Promise<void> {
  const unfinished = `${folder}-new`
  await rm(unfinished, { recursive: true, force: true })
  const module = new URL(`./makeTables${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(fileURLToPath(module), { workerData: unfinished })
  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`The thread that makes tables ended with ${code}.`)),
    )
  })
  await rename(unfinished, folder)
}

/** Unlocks the tables; returns the last block that they regard as final, undefined if none was reached. */
async function takeOver(folder: string): Promise<{ block: bigint; time: bigint } | undefined> {
  const db = new PGlite(folder)
  try {
    const { rows } = await db.query<{ safe: string }>('select safe_checkpoint as safe from _ponder_checkpoint')
    await db.exec(`update _ponder_meta set value = jsonb_set(value, '{is_locked}', '0')`)
    const [, time, block] = CHECKPOINT.exec(rows[0]?.safe ?? '') ?? []
    return time && block ? { block: BigInt(block), time: BigInt(time) } : undefined
  } finally {
    await db.close()
  }
}
