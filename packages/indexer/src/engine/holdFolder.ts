import { readFileSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { IndexInUseError } from './errors.ts'

/** Milliseconds that a former process has to end: one whose parent was killed is still closing its tables. */
const PATIENCE_MS = 10_000

/**
 * Keeps a folder for this process until it ends: two engines in one folder of tables would destroy them. A dead process's hold is void. Throws
 * `IndexInUseError`.
 */
export async function holdFolder(folder: string): Promise<void> {
  const file = join(folder, 'pid')
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(50)) {
    try {
      await writeFile(file, `${process.pid}`, { flag: 'wx' })
      break
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const holder = holderOf(file)
    const isLate = Date.now() > end
    if (holder === undefined) continue
    const isVoid = holder === 0 ? isLate : !isAlive(holder)
    if (isVoid) rmSync(file, { force: true })
    else if (isLate) throw new IndexInUseError(folder, holder)
  }
  process.on('exit', () => holderOf(file) === process.pid && rmSync(file, { force: true }))
}

/** Who holds the folder; 0 while somebody is about to say so, undefined where nobody does any more. */
function holderOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || 0
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
