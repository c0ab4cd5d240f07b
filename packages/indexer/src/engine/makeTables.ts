/**
 * Makes an empty database in files, as a thread of its own: the memory that this takes, a quarter of a gigabyte, goes back when it ends.
 *
 *     new Worker(makeTables.ts, { workerData: folder })
 */
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

/**
 * PostgreSQL's own settings. Commits go to the operating system at once, as before, so that a killed index loses none; they no longer wait for the disk
 * each time, since what a power cut destroys comes back from the chain. No other server reads the log of changes, so it may be short; it is swept
 * less often.
 */
const SETTINGS = `
wal_sync_method = fdatasync
wal_level = minimal
max_wal_senders = 0
max_wal_size = 256MB
`

const folder: unknown = workerData
if (typeof folder !== 'string') throw new TypeError('A folder is needed.')
const db = await PGlite.create(folder)
await db.close()
await appendFile(join(folder, 'postgresql.conf'), SETTINGS)
