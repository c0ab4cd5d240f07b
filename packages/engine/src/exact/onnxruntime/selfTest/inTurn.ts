import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Longest that another's work is waited for; then it is done again, which costs time and nothing else. */
const MOST_WAIT_MS = 120_000
const LOOK_MS = 50

/**
 * Does something while no other thread or process of this machine does it: who comes meanwhile waits, and may find it done. The claim is a file with the process in it; one that is gone
 * holds nobody up, nor does a folder that can't be written.
 */
export async function inTurn<T>(claim: string, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + MOST_WAIT_MS
  while ((await isTaken(claim)) && performance.now() < deadline) await sleep(LOOK_MS)
  try {
    return await work()
  } finally {
    await rm(claim, { force: true }).catch(() => undefined)
  }
}

/** Whether somebody else has the claim; if not, it is ours from now on. */
async function isTaken(claim: string): Promise<boolean> {
  const error = await writeFile(claim, String(process.pid), { flag: 'wx', mode: 0o600 }).then(
    () => undefined,
    (cause: NodeJS.ErrnoException) => cause,
  )
  if (error?.code !== 'EEXIST') return false
  const holder = Number(await readFile(claim, 'utf8').catch(() => ''))
  if (holder > 0 && !isRunning(holder)) await rm(claim, { force: true }).catch(() => undefined)
  return true
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It runs as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
