import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SERVER = fileURLToPath(new URL('../../packages/node/src/testing/chatServer.ts', import.meta.url))

export type ChatServer = {
  url: string
  /** Has its model `held` say the rest of what it says. */
  goOn(): Promise<void>
  /** Ends it without warning. */
  end(): Promise<void>
}

/** A small OpenAI-compatible server in a process of its own, which asks for `key`. */
export async function startChatServer(key: string): Promise<ChatServer> {
  const child = spawn(process.execPath, [SERVER], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, CHAT_KEY: key },
  })
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  for await (const url of createInterface({ input: child.stdout ?? process.stdin })) {
    const goOn = async () => {
      await fetch(new URL('/go-on', url), { headers: { authorization: `Bearer ${key}` } })
    }
    return { url, goOn, end }
  }
  throw new Error('the server ended before it listened')
}
