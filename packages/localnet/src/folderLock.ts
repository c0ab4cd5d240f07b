import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FolderInUseError } from './errors.ts'
import { type LockOwner, readOwner } from './lockOwner.ts'
import { isAlive } from './processes.ts'

/** Milliseconds that a former owner gets to say that it ends: after a crash, its keeper first has to notice. */
const PATIENCE_MS = 5_000

/** File that names, by process id, who runs a chain from a folder. */
export function lockFile(folder: string): string {
  return join(folder, 'chain.lock')
}

/** Takes a folder for this process. Waits for one that is writing the last state; throws `FolderInUseError` while another live process holds it. A dead one's lock is void. */
export async function takeFolder(folder: string): Promise<void> {
  const file = lockFile(folder)
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      await writeFile(file, `${process.pid}`, { flag: 'wx' })
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const owner = await ownerOf(file)
    if (owner === undefined) continue
    if (!isAlive(owner.pid)) await rm(file, { force: true })
    else if (!owner.ends && Date.now() > end) throw new FolderInUseError(folder, owner.pid)
    else await sleep(50)
  }
}

/** Hands a folder that this process holds over to another. */
export async function passFolder(folder: string, pid: number): Promise<void> {
  const next = `${lockFile(folder)}.${process.pid}`
  await writeFile(next, `${pid}`)
  await rename(next, lockFile(folder))
}

/** The holder; undefined when the lock has just gone. */
async function ownerOf(file: string): Promise<LockOwner | undefined> {
  try {
    return readOwner(await readFile(file, 'utf8'))
  } catch {
    return undefined
  }
}
