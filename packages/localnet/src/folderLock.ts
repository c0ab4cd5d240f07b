import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FolderInUseError } from './errors.ts'
import { isAlive } from './processes.ts'

/** Milliseconds that a former owner gets to finish: after a crash, its keeper is still writing the last state. */
const PATIENCE_MS = 5_000

/** File that names, by process id, who runs a chain from a folder. */
export function lockFile(folder: string): string {
  return join(folder, 'chain.lock')
}

/** Takes a folder for this process. Throws `FolderInUseError` while another live process holds it; a dead one's lock is void. */
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
    if (!isAlive(owner)) await rm(file, { force: true })
    else if (Date.now() > end) throw new FolderInUseError(folder, owner)
    else await sleep(50)
  }
}

/** Hands a folder that this process holds over to another. */
export async function passFolder(folder: string, pid: number): Promise<void> {
  const next = `${lockFile(folder)}.${process.pid}`
  await writeFile(next, `${pid}`)
  await rename(next, lockFile(folder))
}

/** The holder's process id; undefined when the lock has just gone. */
async function ownerOf(file: string): Promise<number | undefined> {
  try {
    // An empty lock is one being written: its writer is alive, and 0, which stands for this process's own group, is so too.
    return Number(await readFile(file, 'utf8')) || 0
  } catch {
    return undefined
  }
}
