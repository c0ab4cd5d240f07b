import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a process of this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Asks a process to end; kills it when it has not ended `graceMs` later. Returns when it is gone, or a second after killing it: a killed
 * process whose parent never asks for its exit code seems alive for ever.
 */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  signal(pid, 'SIGTERM')
  if (await isGoneWithin(pid, graceMs)) return
  signal(pid, 'SIGKILL')
  await isGoneWithin(pid, 1_000)
}

async function isGoneWithin(pid: number, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; isAlive(pid); await sleep(20)) if (Date.now() > end) return false
  return true
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself in between.
  }
}
