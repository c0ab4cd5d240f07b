import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const SKEW = new URL('./skewClock.ts', import.meta.url)

/** A process that can be killed and started again. */
export type Service = {
  readonly name: string
  /** Where it listens; undefined while it does not. */
  url(): string | undefined
  /** Starts it with its wall clock off by so many seconds, and waits until it listens; again, as a supervisor does, where it ends before. Throws what it said last. */
  start(skewSeconds?: number): Promise<void>
  /** Ends it without warning. */
  kill(): Promise<void>
  /** Has it do something. Throws what it throws. */
  ask(order: string): Promise<bigint>
  /** Ends it in order. */
  stop(): Promise<void>
  /** What it said each time that it ended by itself once it had listened. */
  readonly crashes: readonly string[]
}

export type ServiceParameters = {
  name: string
  /** The module beside this one that the process runs, and its one argument. */
  entry: './nodeProcess.ts' | './gatewayProcess.ts'
  argument: object
  /** Node's own. */
  flags?: readonly string[]
  /** Where Node keeps what it compiled, so that it starts in half the time. */
  compiled?: string
  /** Called when it begins to listen, and with undefined when it ends. */
  onUrl?: (url: string | undefined) => void
}

/** Times that a process is started before it listens: the chain may be away, or its line break. */
const STARTS = 30
const PAUSE_MS = 300

type Message = { url?: string; id?: number; value?: bigint; error?: string }
type Waiting = { resolve(value: bigint): void; reject(error: Error): void }

export function createService({
  name,
  entry,
  argument,
  flags: own = [],
  compiled,
  onUrl = () => undefined,
}: ServiceParameters): Service {
  let running: { child: ChildProcess; ended: Promise<void> } | undefined
  /** It is being ended by us. */
  let ending = false
  const crashes: string[] = []
  let url: string | undefined
  let nextId = 0
  const waiting = new Map<number, Waiting>()
  const listens = (now: string | undefined) => {
    url = now
    onUrl(now)
  }

  const kill = async () => {
    const was = running
    ending = true
    listens(undefined)
    was?.child.kill('SIGKILL')
    await was?.ended
  }
  return {
    name,
    url: () => url,
    async start(skewSeconds = 0) {
      for (let starts = 1; ; starts++) {
        try {
          return await startOnce(skewSeconds)
        } catch (error) {
          if (starts === STARTS) throw error
          await sleep(PAUSE_MS)
        }
      }
    },
    kill,
    crashes,
    ask,
    async stop() {
      const was = running
      if (!was) return
      ending = true
      await ask('close')
      await was.ended
    },
  }

  async function startOnce(skewSeconds: number): Promise<void> {
    ending = false
    const flags = [...own, ...(skewSeconds === 0 ? [] : ['--import', SKEW.href])]
    const child = spawn(
      process.execPath,
      [...flags, fileURLToPath(new URL(entry, import.meta.url)), JSON.stringify(argument)],
      {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        // BigInts come through.
        serialization: 'advanced',
        env: {
          ...{ ...process.env, NODE_NO_WARNINGS: '1', STOA_SKEW_SECONDS: `${skewSeconds}` },
          ...(compiled && { NODE_COMPILE_CACHE: compiled }),
        },
      },
    )
    let said = ''
    child.stderr?.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-4_000)
    })
    const ready = Promise.withResolvers<void>()
    const ended = new Promise<void>((resolve) => {
      child.once('close', () => {
        running = undefined
        const listened = url !== undefined
        if (listened) listens(undefined)
        const error = new Error(`${name} ended: ${said}`)
        ready.reject(error)
        for (const { reject } of waiting.values()) reject(error)
        waiting.clear()
        resolve()
        if (!listened || ending) return
        crashes.push(said)
        void startOnce(skewSeconds).catch((failed: unknown) => crashes.push(String(failed)))
      })
    })
    running = { child, ended }
    child.on('message', (message: Message) => {
      if (message.url) {
        listens(message.url)
        return ready.resolve()
      }
      const one = waiting.get(message.id ?? -1)
      waiting.delete(message.id ?? -1)
      if (message.error) one?.reject(new Error(`${name}: ${message.error}`))
      else one?.resolve(message.value ?? 0n)
    })
    await ready.promise
  }

  function ask(order: string): Promise<bigint> {
    const id = nextId++
    return new Promise((resolve, reject) => {
      if (!running) return reject(new Error(`${name} does not run`))
      waiting.set(id, { resolve, reject })
      running.child.send({ id, order }, (error) => error && reject(error))
    })
  }
}
