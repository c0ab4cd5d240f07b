import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { bytesToHex } from '@stoa/protocol'
import type { NodeParameters } from '../parameters.ts'

/** `end` ends it without warning. */
export type ServerProcess = { url: string; end(): Promise<void> }

/** A server of this folder in a process of its own. */
export async function startServer(
  file: 'chatServer.ts' | 'oipServer.ts' | 'runNode.ts',
  { argument, env = {} }: { argument?: string; env?: Record<string, string> } = {},
): Promise<ServerProcess> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, [path, ...(argument ? [argument] : [])], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  })
  for await (const url of createInterface({ input: child.stdout ?? process.stdin }))
    return { url, end: () => end(child) }
  throw new Error(`${file} ended before it listened`)
}

/** A node in a process of its own, with the blobs of this folder. */
export function startNode(
  { blobs: _, signerKey, ...rest }: NodeParameters,
  blobsFolder: string,
): Promise<ServerProcess> {
  const argument = JSON.stringify({ ...rest, blobsFolder, signerKey: bytesToHex(signerKey) })
  return startServer('runNode.ts', { argument })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}
