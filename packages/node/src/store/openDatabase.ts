import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { NodeConfigurationError } from '../errors.ts'
import { MIGRATIONS, SCHEMA, SCHEMA_VERSION } from './schema.ts'

/**
 * What a commit survives. `normal`: the end of the process, however it comes. `full`: also the loss of power, for one disk flush a
 * commit (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
export type Durability = 'normal' | 'full'

/** Of 4 KiB: a checkpoint flushes the disk, and the more commits share one the less each costs. The log stays below 64 MiB. */
const CHECKPOINT_PAGES = 16_384

/**
 * Opens, or makes, `folder`/node.db for this process alone: two nodes over one store would sign two receipts for one voucher.
 *
 * @throws NodeConfigurationError when another process has it open, or when it was written by another version.
 */
export function openDatabase(folder: string, durability: Durability): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'node.db')
  const database = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true })
  try {
    database.exec('pragma locking_mode = exclusive')
    database.exec('pragma journal_mode = wal')
    database.exec(`pragma synchronous = ${durability === 'full' ? 'full' : 'normal'}`)
    database.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    // In exclusive mode the first write takes the lock and keeps it until the process ends.
    database.exec('begin immediate')
    migrate(database, path)
    database.exec('commit')
    return database
  } catch (error) {
    database.close()
    if (isBusy(error)) {
      throw new NodeConfigurationError(`${path} is in use by another process.`, {
        code: 'STORE_IN_USE',
        hint: 'Stop the other node, or give this one a folder of its own.',
        cause: error,
      })
    }
    throw error
  }
}

function migrate(database: DatabaseSync, path: string): void {
  const found = Number(database.prepare('pragma user_version').get()?.user_version)
  let version = found
  if (version === 0) {
    database.exec(SCHEMA)
    version = SCHEMA_VERSION
  }
  for (let step = MIGRATIONS[version]; step; step = MIGRATIONS[++version]) database.exec(step)
  if (version !== found) database.exec(`pragma user_version = ${version}`)
  if (version !== SCHEMA_VERSION) {
    throw new NodeConfigurationError(`${path} has the layout ${version}; this node writes ${SCHEMA_VERSION}.`, {
      code: 'STORE_VERSION',
      hint: 'Settle with the version that wrote it, or upgrade.',
    })
  }
}

/** SQLITE_BUSY (5), https://www.sqlite.org/rescode.html. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5
}
