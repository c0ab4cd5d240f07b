import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrate } from './openStore.ts'

/**
 * Has no lane of a store used again, and new ones drawn under another upper half: for a store that is older than what its gateway signed. Returns how many there were. What they owe still
 * counts. The gateway must not run.
 */
export function retireLanes(folder: string): number {
  const db = new DatabaseSync(join(folder, 'gateway.db'))
  try {
    db.exec('BEGIN EXCLUSIVE')
    migrate(db)
    const { changes } = db
      .prepare(`
        UPDATE lanes
        SET status = 'retired', voucher = NULL, request = NULL, units = NULL, opened_at = NULL, signed_until = NULL`)
      .run()
    db.exec("DELETE FROM meta WHERE name = 'gateway'; COMMIT")
    return Number(changes)
  } finally {
    db.close()
  }
}
