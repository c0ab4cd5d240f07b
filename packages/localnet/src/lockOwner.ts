import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** Who holds a folder, as its lock says, by process id. `ends`: it writes the last state, and goes. */
export type LockOwner = { pid: number; ends: boolean }

const ENDS = ' ends'

export function readOwner(text: string): LockOwner {
  // An empty lock is one being written: its writer is alive, and 0, which stands for this process's own group, is so too.
  return { pid: Number.parseInt(text, 10) || 0, ends: text.endsWith(ENDS) }
}

/** Says in the lock of this process that it ends; another's is left alone. Throws what the file system throws. */
export function announceEnd(file: string): void {
  if (readOwner(readFileSync(file, 'utf8')).pid !== process.pid) return
  const next = `${file}.${process.pid}`
  writeFileSync(next, `${process.pid}${ENDS}`)
  renameSync(next, file)
}
