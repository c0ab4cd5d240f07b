import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type FromWorker, type ToWorker, unpackError } from './messages.ts'
import type { OpenMessage } from './serveProcess.ts'

export type ProcessParameters = {
  /** The module that the process runs; it calls `serveProcess`. */
  readonly entry: URL
  /** What it is opened with, told before the first run. */
  readonly data: unknown
  /** Most memory for its work, in MB, beside what an idle process takes. Enforced by the operating system where that can (Linux); the JavaScript heap's share of it everywhere. */
  readonly memoryMb: number
  /** Milliseconds for starting and opening, and for each run: from when the one before it was answered, or from the last piece of its answer. Past it the process is killed. */
  readonly openMs: number
  readonly runMs: number
  /** What it gets of the environment beside where programs and their libraries are. */
  readonly env?: Readonly<Record<string, string>>
  /** What a run rejects with after `close`, when the process ended without being told to (for want of memory, most likely), and when it took too long. */
  readonly closed: () => Error
  readonly crashed: (details: string) => Error
  readonly tooLong: (milliseconds: number) => Error
  /** Aborting is `close` with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export type InProcessOptions = {
  signal?: AbortSignal | undefined
  /** Gets the pieces of the answer. */
  onPiece?: ((piece: Uint8Array) => void) | undefined
}

/** What answers requests in a process of its own. */
export type InProcess<Request, Response> = {
  /** Starts the process, if there is none, and waits until it is open. Throws what opening threw, and nothing is answered any more. */
  ready(): Promise<void>
  /** Resolves with an answer; requests are answered one after the other, and the time of one that waits does not count. Aborting rejects at once; what is under way still ends. */
  run(request: Request, options?: InProcessOptions): Promise<Response>
  /** Runs that wait or are under way. */
  depth(): number
  /** Waits for what was asked for, then ends the process. */
  finish(): Promise<void>
  /** Kills the process; runs reject, with `reason` if there is one. */
  close(reason?: unknown): void
}

/** Memory that an idle Node.js 24 counts as its data, mostly address space reserved for compiled code, in MB. */
const IDLE_MB = 640
/** Share of the memory that JavaScript's heap may take. */
const HEAP_SHARE = 0.5
/** Runs that the process is told of: one that it answers, and the next, so that it need not wait for it. */
const AHEAD = 2

type Run<Request, Response> = InProcessOptions & {
  readonly id: number
  readonly request: Request
  /** It was told to the process that there is now. */
  sent: boolean
  readonly resolve: (response: Response) => void
  readonly reject: (error: unknown) => void
}

/**
 * Has requests answered in a process of its own, for work on what strangers made by code that is not memory-safe: whatever it does, it can take no more time and
 * memory than given, it holds none of this process's memory and no environment of it, and it can be ended, as a thread deep in native code can not. Started by the first run and kept warm;
 * after it was killed or crashed, the run that it had under way rejects, and those that waited have another process. It ends with this process, and keeps it from ending only during a run.
 */
export function openInProcess<Request, Response>(parameters: ProcessParameters): InProcess<Request, Response> {
  const { openMs, runMs, closed, crashed, tooLong, signal: living } = parameters
  let child: { process: ChildProcess; opened: PromiseWithResolvers<void>; isOpen: boolean } | undefined
  let end: { reason: unknown } | undefined
  let nextId = 0
  let clock: { stop(): void } | undefined
  /** In their order. Aborted ones stay while the process works on them. */
  let runs: Run<Request, Response>[] = []
  const idle: (() => void)[] = []

  const limit = (milliseconds: number) => {
    clock?.stop()
    clock = startClock(milliseconds, () => lose(tooLong(milliseconds)))
  }
  const spawned = () => {
    try {
      return spawnChild(parameters)
    } catch (error) {
      throw crashed(error instanceof Error ? error.message : String(error))
    }
  }
  /** Throws what a run is to reject with where the system starts no process. */
  const start = () => {
    const started = { process: spawned(), opened: Promise.withResolvers<void>(), isOpen: false }
    child = started
    // Whoever waits for it hears of it by its run, or by `ready`.
    started.opened.promise.catch(() => undefined)
    const only = (heard: () => void) => child === started && heard()
    // A process that is being killed may still say something; an error nobody listens for would end this one.
    started.process
      .on('message', (message: FromWorker<Response>) => only(() => hear(started, message)))
      .on('exit', (code, signal) =>
        only(() => lose(crashed(signal ? `It was ended by ${signal}.` : `It exited with code ${code}.`))),
      )
      .on('error', (error) => only(() => lose(crashed(error.message))))
    limit(openMs)
    tell({ kind: 'open', data: parameters.data, parent: process.pid })
    return started
  }
  const tell = (message: ToWorker<Request> | OpenMessage) => {
    const to = child
    // What went wrong on the way there is told by the exit that follows; where none does, by the clock. One that the system had no files for can't be told anything, and says so by an error.
    to?.process.send?.(message, () => undefined)
  }
  const hear = (from: NonNullable<typeof child>, message: FromWorker<Response>) => {
    const [head] = runs
    switch (message.kind) {
      case 'ready':
        from.isOpen = true
        clock?.stop()
        from.opened.resolve()
        return pump()
      case 'refused':
        return lose(unpackError(message.error))
      case 'piece':
        limit(runMs)
        return head?.onPiece?.(message.piece)
      default:
        clock?.stop()
        runs = runs.filter((run) => run !== head)
        if (message.kind === 'done') head?.resolve(message.response)
        else head?.reject(unpackError(message.error))
        if (message.kind === 'done' || !message.spent) return pump(true)
        drop()
        return again()
    }
  }
  const drop = () => {
    const lost = child
    child = undefined
    clock?.stop()
    lost?.process.kill('SIGKILL')
    if (lost) hold(lost.process, false)
    return lost
  }
  /** Has another process answer what is left. Aborted runs are not asked for again. */
  const again = () => {
    for (const run of runs) run.sent = false
    runs = runs.filter(({ signal }) => !signal?.aborted)
    pump()
  }
  /** The process is of no more use: what it had under way rejects, or everything where it never opened. */
  const lose = (error: unknown) => {
    const lost = drop()
    lost?.opened.reject(error)
    const [head] = runs
    const failed = lost?.isOpen ? runs.filter((run) => run === head && run.sent) : runs
    runs = runs.filter((run) => !failed.includes(run))
    for (const { reject } of failed) reject(error)
    again()
  }
  /** Tells the process what it can be told. `anew`: what it answers first is another one now. */
  const pump = (anew = false) => {
    if (runs.length === 0) {
      if (child?.isOpen) hold(child.process, false)
      for (const resolve of idle.splice(0)) resolve()
      return
    }
    let to = child
    try {
      to ??= start()
    } catch (error) {
      return lose(error)
    }
    hold(to.process, true)
    if (!to.isOpen) return
    if (anew || !runs[0]?.sent) limit(runMs)
    for (const run of runs.slice(0, AHEAD)) {
      if (run.sent) continue
      run.sent = true
      tell({ kind: 'run', id: run.id, request: run.request, pieces: run.onPiece !== undefined })
    }
  }
  const abort = (run: Run<Request, Response>) => {
    run.reject(run.signal?.reason)
    if (run.sent) return tell({ kind: 'cancel', id: run.id })
    runs = runs.filter((one) => one !== run)
    pump()
  }
  const close = (reason: unknown = closed()) => {
    if (end) return
    end = { reason }
    living?.removeEventListener('abort', die)
    const failed = runs
    runs = []
    drop()?.opened.reject(reason)
    for (const { reject } of failed) reject(reason)
    pump()
  }

  const die = () => close(living?.reason)
  living?.addEventListener('abort', die)
  if (living?.aborted) die()

  let finishing: Promise<void> | undefined
  return {
    async ready() {
      if (end) throw end.reason
      try {
        const starting = child ?? start()
        hold(starting.process, true)
        await starting.opened.promise
      } catch (error) {
        close()
        throw error
      }
      pump()
    },
    async run(request, { signal, onPiece } = {}) {
      signal?.throwIfAborted()
      if (end) throw end.reason
      if (finishing) throw closed()
      const { promise, resolve, reject } = Promise.withResolvers<Response>()
      const run = { id: nextId++, request, signal, onPiece, sent: false, resolve, reject }
      runs.push(run)
      const aborted = () => abort(run)
      signal?.addEventListener('abort', aborted, { once: true })
      pump()
      return promise.finally(() => signal?.removeEventListener('abort', aborted))
    },
    depth: () => runs.length,
    finish() {
      finishing ??= (async () => {
        if (runs.length > 0) await new Promise<void>((resolve) => idle.push(resolve))
        close()
      })()
      return finishing
    },
    close,
  }
}

/**
 * Calls back when a time is over and nobody has stopped it: not even what came in that time, which a process that was held up itself hears only after its own timers.
 */
function startClock(milliseconds: number, over: () => void): { stop(): void } {
  let last: ReturnType<typeof setImmediate> | undefined
  const timer = setTimeout(() => {
    last = setImmediate(over)
  }, milliseconds)
  return {
    stop() {
      clearTimeout(timer)
      clearImmediate(last)
    },
  }
}

function spawnChild({ entry, memoryMb, env }: ProcessParameters): ChildProcess {
  const heap = `--max-old-space-size=${Math.ceil(memoryMb * HEAP_SHARE)}`
  // With the flags of this process, but for those of a debugger, which has one port.
  const flags = process.execArgv.filter((flag) => !flag.startsWith('--inspect'))
  const command = [process.execPath, ...flags, heap, fileURLToPath(entry)]
  const options = {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    // Nothing of this process's environment, which may hold keys, but where programs and their libraries are.
    env: { PATH: process.env.PATH, LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH, ...env },
  } satisfies Parameters<typeof spawn>[2]
  if (process.platform !== 'linux') return spawn(command[0] ?? '', command.slice(1), options)
  // RLIMIT_DATA counts native memory too. Set by the shell on itself, as Node has no call for it; the number is ours. No core is left, which may be as large; and where the machine
  // itself has too little memory, the kernel is to end this process and no other.
  const limits = `ulimit -c 0; ulimit -d ${(IDLE_MB + memoryMb) * 1024} && { echo 1000 >/proc/self/oom_score_adj || :; } 2>/dev/null && exec "$0" "$@"`
  return spawn('/bin/sh', ['-c', limits, ...command], options)
}

/** Whether the process keeps this one from ending. */
function hold(child: ChildProcess, on: boolean): void {
  if (on) child.ref()
  else child.unref()
  if (on) child.channel?.ref()
  else child.channel?.unref()
}
