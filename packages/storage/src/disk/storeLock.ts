import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { StoreBusyError } from '../errors.ts'
import { oneAtATime } from '../oneAtATime.ts'

/** SQLITE_BUSY: another connection holds a lock. */
const SQLITE_BUSY = 5

/** Between two tries. Commits take milliseconds; waiting is asynchronous, so nobody's event loop stands still. */
const RETRY_MS = 5

/** After this long something is wrong with the other process. */
const PATIENCE_MS = 30_000

/**
 * A lock that processes share through a file. Node has no `flock`, so this is SQLite's, on a database that stays empty: the system drops
 * it when its holder dies, however it dies, so no stale lock can remain and nobody has to guess whether a process still lives.
 *
 * @param path of the lock file; its folder must exist
 * @throws StoreBusyError
 */
export function storeLock(path: string, patienceMs = PATIENCE_MS): <T>(work: () => Promise<T>) => Promise<T> {
  const inTurn = oneAtATime()
  return (work) =>
    inTurn(async () => {
      const database = new DatabaseSync(path, { timeout: 0 })
      try {
        await acquire(database, path, patienceMs)
        return await work()
      } finally {
        database.close()
      }
    })
}

async function acquire(database: DatabaseSync, path: string, patienceMs: number): Promise<void> {
  for (let waited = 0; ; waited += RETRY_MS) {
    try {
      database.exec('BEGIN EXCLUSIVE')
      return
    } catch (error) {
      if (!isBusy(error)) throw error
      if (waited >= patienceMs) throw new StoreBusyError(path, waited, error)
    }
    await sleep(RETRY_MS)
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
