import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A server of this folder in a process of its own. `end` ends it without warning. */
export async function startServer(
  file: 'chatServer.ts' | 'oipServer.ts',
  { argument, env = {} }: { argument?: string; env?: Record<string, string> } = {},
): Promise<{ url: string; end(): Promise<void> }> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, [path, ...(argument ? [argument] : [])], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  })
  for await (const url of createInterface({ input: child.stdout ?? process.stdin }))
    return { url, end: () => end(child) }
  throw new Error(`${file} ended before it listened`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}
