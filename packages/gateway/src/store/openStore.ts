import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StateFolderError } from '../errors.ts'

/**
 * `normal`: a commit survives the process being killed; a power cut can take the last ones with it. `full`: it survives that too,
 * for one disk flush a commit.
 */
export type Durability = 'normal' | 'full'

/** Of 4 KiB: a checkpoint flushes the disk, and the more commits share one the less each costs. The log stays below 64 MiB. */
const CHECKPOINT_PAGES = 16_384

export type Store = {
  db: DatabaseSync
  /** All of `work` is kept, or nothing of it. */
  transaction<T>(work: () => T): T
  close(): void
}

export type OpenStoreParameters = {
  folder: string
  durability: Durability
  /** Whose state this is: chain, escrow and payer. A folder that was made for another owner is refused. */
  owner: string
}

/** Amounts are decimal text: 96 bits do not fit SQLite's integers. Ids and digests are their bytes. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  -- A lane has at most one open call, so the call stands in the lane's row; voucher, request, units and opened_at are null when there is none.
  -- signed_until: unix second after which none of the lane's vouchers can be settled; null where that is not known.
  CREATE TABLE IF NOT EXISTS lanes (
    offer BLOB NOT NULL, lane BLOB NOT NULL, status TEXT NOT NULL CHECK (status IN ('free', 'open', 'retired')),
    charged TEXT NOT NULL, signed TEXT NOT NULL, last_receipt BLOB,
    voucher TEXT, request BLOB, units TEXT, opened_at INTEGER, signed_until INTEGER,
    PRIMARY KEY (offer, lane)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS receipts (
    seq INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, offer BLOB NOT NULL, provider BLOB NOT NULL, model TEXT NOT NULL,
    proof_kind TEXT NOT NULL, packed BLOB NOT NULL, voucher TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS receipts_by_offer ON receipts (offer, seq);
  CREATE INDEX IF NOT EXISTS receipts_by_provider ON receipts (provider, seq);
  CREATE INDEX IF NOT EXISTS receipts_by_model ON receipts (model, seq);
  CREATE TABLE IF NOT EXISTS evidence (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, provider BLOB NOT NULL, offer BLOB NOT NULL, reason TEXT NOT NULL,
    voucher TEXT NOT NULL, request BLOB NOT NULL, receipt TEXT, answer BLOB
  ) STRICT;
  -- Answers computed again here; the call itself is kept where the seller's answer was another.
  CREATE TABLE IF NOT EXISTS reruns (
    receipt BLOB PRIMARY KEY, at INTEGER NOT NULL, outcome TEXT NOT NULL CHECK (outcome IN ('same', 'different', 'close', 'far', 'failed')),
    reason TEXT NOT NULL, request BLOB, answer BLOB, own BLOB
  ) STRICT;
  -- What is disputed here. The game itself is on the chain; the call is kept until some time after its end.
  CREATE TABLE IF NOT EXISTS disputes (
    receipt BLOB PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('answer', 'weights')), provider BLOB NOT NULL, model TEXT NOT NULL,
    packed BLOB NOT NULL, from_block TEXT NOT NULL, files TEXT, request BLOB, answer BLOB,
    sent_nonce INTEGER, sent_at INTEGER, game TEXT, outcome TEXT, ended_at INTEGER, note TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS cards (digest BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
  -- How calls under an offer went; good and total are sums of calls that fade with time.
  CREATE TABLE IF NOT EXISTS track_records (
    offer BLOB PRIMARY KEY, calls INTEGER NOT NULL, good REAL NOT NULL, total REAL NOT NULL, at INTEGER NOT NULL, latencies BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- Keys of callers. told_*: the highest percentage of a budget that the owner was told of, of the day told_day.
  CREATE TABLE IF NOT EXISTS api_keys (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, start TEXT NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER,
    per_call TEXT, per_day TEXT, total TEXT, alert_at TEXT NOT NULL, rules TEXT,
    spent TEXT NOT NULL, told_total INTEGER NOT NULL, told_day INTEGER NOT NULL, told_of_day INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS key_days (key TEXT NOT NULL, day INTEGER NOT NULL, wei TEXT NOT NULL, PRIMARY KEY (key, day)) STRICT, WITHOUT ROWID;
  -- Ceilings of open calls that a key pays for; day: of the voucher.
  CREATE TABLE IF NOT EXISTS key_holds (
    offer BLOB NOT NULL, lane TEXT NOT NULL, key TEXT NOT NULL, wei TEXT NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (offer, lane)
  ) STRICT, WITHOUT ROWID;
  -- What providers charged, by the hour of the day before now.
  CREATE TABLE IF NOT EXISTS charged_hours (
    provider BLOB NOT NULL, hour INTEGER NOT NULL, wei TEXT NOT NULL, PRIMARY KEY (provider, hour)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS distrusted (
    provider BLOB PRIMARY KEY, until INTEGER NOT NULL, reason TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`
/** Raised with every change of `SCHEMA` that more than adds a table. */
const SCHEMA_VERSION = '3'

/**
 * Opens `gateway.db` in `folder`, alone: two gateways on one folder would sign two calls with one amount. Throws `StateFolderError`
 * when another process has it, or when it belongs to another owner.
 */
export function openStore({ folder, durability, owner }: OpenStoreParameters): Store {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const db = new DatabaseSync(join(folder, 'gateway.db'))
  try {
    // An exclusive lock is the operating system's: it goes with the process, however that ends.
    db.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability};`)
    db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    db.exec('BEGIN EXCLUSIVE')
    migrate(db)
    db.exec('COMMIT')
    claim(db, 'schema', SCHEMA_VERSION, folder)
    claim(db, 'owner', owner, folder)
  } catch (error) {
    db.close()
    if (error instanceof StateFolderError) throw error
    throw new StateFolderError(
      `The gateway's state in ${folder} can't be opened.`,
      'Stop the other gateway that uses the folder, or give this one a folder of its own.',
      error,
    )
  }
  const [begin, commit, rollback] = [db.prepare('BEGIN'), db.prepare('COMMIT'), db.prepare('ROLLBACK')]
  return {
    db,
    transaction(work) {
      begin.run()
      try {
        const result = work()
        commit.run()
        return result
      } catch (error) {
        rollback.run()
        throw error
      }
    },
    close: () => db.close(),
  }
}

/** Makes of a store of an older layout one of this, and of none a new one. A layout that is not known is left to `claim` to refuse. */
export function migrate(db: DatabaseSync): void {
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
  const has = (name: string) => tables.some((table) => table.name === name)
  const version = has('meta') ? db.prepare("SELECT value FROM meta WHERE name = 'schema'").get()?.value : undefined
  if (version !== undefined && !['1', '2', SCHEMA_VERSION].includes(String(version))) return
  // The first stores knew fewer outcomes of computing again; a table's checks can't be changed, so it is made anew.
  const rebuilt = version === '1' && has('reruns')
  if (rebuilt) db.exec('ALTER TABLE reruns RENAME TO reruns_1')
  if (version !== undefined && version !== SCHEMA_VERSION) db.exec('ALTER TABLE lanes ADD COLUMN signed_until INTEGER')
  db.exec(SCHEMA)
  if (rebuilt) db.exec('INSERT INTO reruns SELECT * FROM reruns_1; DROP TABLE reruns_1')
  db.prepare("INSERT OR REPLACE INTO meta VALUES ('schema', ?)").run(SCHEMA_VERSION)
}

function claim(db: DatabaseSync, name: string, value: string, folder: string): void {
  db.prepare('INSERT OR IGNORE INTO meta VALUES (?, ?)').run(name, value)
  const found = db.prepare('SELECT value FROM meta WHERE name = ?').get(name)?.value
  if (found !== value)
    throw new StateFolderError(
      `${folder} holds the state of another gateway: its ${name} is ${found}, not ${value}.`,
      'Give each payer and each chain its own folder.',
    )
}
