import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SERVER = fileURLToPath(new URL('../../packages/node/src/testing/chatServer.ts', import.meta.url))

/** A small OpenAI-compatible server in a process of its own, which asks for `key`. `end` ends it without warning. */
export async function startChatServer(key: string): Promise<{ url: string; end(): Promise<void> }> {
  const child = spawn(process.execPath, [SERVER], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CHAT_KEY: key },
  })
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  for await (const url of createInterface({ input: child.stdout })) return { url, end }
  throw new Error('the server ended before it listened')
}
