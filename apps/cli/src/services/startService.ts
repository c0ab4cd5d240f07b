import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { CommandError } from '../errors.ts'
import { writeCompiled } from './compiled.ts'
import { type Notice, noticeSchema, type Order } from './messages.ts'
import { type ServiceOptions, serviceFlags } from './serviceOptions.ts'

/** A part that runs in a process of its own. */
export type ServiceName = 'node' | 'gateway' | 'web'

export type RunningService = {
  readonly name: string
  readonly pid: number
  readonly url: string
  readonly info: Record<string, unknown>
  /** Sends an order and waits for what comes of it. Rejects with `CommandError` if it fails or the service is gone. */
  ask(verb: Order['verb']): Promise<unknown>
  /** Resolves when the process has ended, however that came. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>
}

const MAIN = fileURLToPath(new URL(`../main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url))

/** Forks `stoa serve <name>` and resolves when it listens. Rejects with `CommandError`, saying what the service said. */
export async function startService(name: ServiceName, home: string, options: ServiceOptions): Promise<RunningService> {
  writeCompiled()
  const child = fork(MAIN, ['serve', name, '--home', home, ...serviceFlags(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A process group of its own: the terminal's ctrl-C is for the parent, which stops its services in order.
    detached: true,
  })
  const waiting = new Map<number, (notice: Notice) => void>()
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    // Not `exit`, which may come before the last message: why it failed.
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const ready = new Promise<Extract<Notice, { type: 'ready' }>>((resolve, reject) => {
    child.on('message', (message) => {
      const notice = noticeSchema.parse(message)
      if (notice.type === 'ready') resolve(notice)
      else if (notice.id !== undefined) waiting.get(notice.id)?.(notice)
      else if (notice.type === 'failed') reject(failure(name, notice))
    })
    ended.then(({ code, signal }) => {
      const gone: Notice = { type: 'failed', code: 'SERVICE_ENDED', message: `the process ended (${signal ?? code})` }
      reject(failure(name, gone))
      for (const answer of waiting.values()) answer(gone)
    })
  })
  const { url, info } = await ready
  let orders = 0
  return {
    name,
    pid: child.pid ?? 0,
    url,
    info,
    ended,
    ask: (verb) =>
      new Promise((resolve, reject) => {
        const id = ++orders
        waiting.set(id, (notice) => {
          waiting.delete(id)
          if (notice.type === 'done') resolve(JSON.parse(notice.json))
          else if (verb === 'stop') resolve(undefined)
          else reject(failure(name, notice))
        })
        child.send({ id, verb } satisfies Order, (error) => {
          if (error) waiting.get(id)?.({ type: 'failed', code: 'SERVICE_ENDED', message: error.message })
        })
      }),
  }
}

function failure(name: string, notice: Notice): CommandError {
  const { code, message, hint } =
    notice.type === 'failed' ? notice : { code: 'BUG', message: notice.type, hint: undefined }
  return new CommandError(`The ${name} could not do it: ${message}`, { code, ...(hint && { hint }) })
}
