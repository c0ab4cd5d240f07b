import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type FromWorker, unpackError } from './messages.ts'

export type ProcessParameters = {
  /** The module that the process runs; it calls `serveProcess`. */
  readonly entry: URL
  /** What it is opened with, told before the first run. */
  readonly data: unknown
  /** Most memory for its work, in MB, beside what an idle process takes. Enforced by the operating system where that can (Linux); the JavaScript heap's share of it everywhere. */
  readonly memoryMb: number
  /** Milliseconds for starting and opening, and for each run. Past it the process is killed. */
  readonly openMs: number
  readonly runMs: number
  /** What a run rejects with after `close`, when the process ended without being told to (for want of memory, most likely), and when it took too long. */
  readonly closed: () => Error
  readonly crashed: (details: string) => Error
  readonly tooLong: (milliseconds: number) => Error
}

/** What answers requests in a process of its own. */
export type InProcess<Request, Response> = {
  /** Resolves with an answer; requests are answered one after the other, and the time of one that waits does not count. Aborting rejects at once; what is under way still ends. */
  run(request: Request, options?: { signal?: AbortSignal | undefined }): Promise<Response>
  /** Runs that wait or are under way. */
  depth(): number
  /** Kills the process; runs reject. */
  close(): void
}

/** Memory that an idle Node.js 24 counts as its data, mostly address space reserved for compiled code, in MB. */
const IDLE_MB = 640
/** Share of the memory that JavaScript's heap may take. */
const HEAP_SHARE = 0.5

/**
 * Has requests answered in a process of its own, for work on what strangers made by code that is not memory-safe: whatever it does, it can take no more time and
 * memory than given, it holds none of this process's memory and no environment of it, and it can be ended, as a thread deep in native code can not. Started by the first run and kept warm;
 * after it was killed or crashed the next run starts another. It ends with this process, and keeps it from ending only during a run.
 */
export function openInProcess<Request, Response>(parameters: ProcessParameters): InProcess<Request, Response> {
  const { openMs, runMs, closed, crashed, tooLong } = parameters
  let child: ChildProcess | undefined
  let isClosed = false
  let depth = 0
  let last: Promise<unknown> = Promise.resolve()

  /** One message there and one back, or the end of the process. */
  const exchange = (to: ChildProcess, message: object, milliseconds: number): Promise<Response> => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    const timer = setTimeout(() => fail(tooLong(milliseconds)), milliseconds)
    const fail = (error: Error) => {
      forget(to)
      to.kill('SIGKILL')
      reject(error)
    }
    const heard = (answer: FromWorker<Response>) => {
      if (answer.kind === 'done') resolve(answer.response)
      else if (answer.kind === 'ready') resolve(undefined as Response)
      // Pieces come of runs that ask for them, which none does here.
      else if (answer.kind !== 'piece') reject(unpackError(answer.error))
    }
    const ended = (code: number | null, signal: string | null) =>
      fail(isClosed ? closed() : crashed(signal ? `It was ended by ${signal}.` : `It exited with code ${code}.`))
    const failed = (error: Error) => fail(crashed(error.message))
    to.once('message', heard).once('exit', ended).once('error', failed)
    hold(to, true)
    to.send(message, (error) => error && failed(error))
    return promise.finally(() => {
      clearTimeout(timer)
      to.off('message', heard).off('exit', ended).off('error', failed)
      hold(to, false)
    })
  }
  const forget = (one: ChildProcess) => {
    if (child === one) child = undefined
  }
  const current = async (): Promise<ChildProcess> => {
    if (child) return child
    const started = start(parameters)
    child = started
    started.once('exit', () => forget(started))
    // Without a listener an error of a process that is being killed would end this one.
    started.on('error', () => forget(started))
    try {
      await exchange(started, { kind: 'open', data: parameters.data }, openMs)
    } catch (error) {
      forget(started)
      started.kill('SIGKILL')
      throw error
    }
    return started
  }

  return {
    run(request, { signal } = {}) {
      depth++
      const work = last.then(async () => {
        if (isClosed) throw closed()
        signal?.throwIfAborted()
        return exchange(await current(), { kind: 'run', request }, runMs)
      })
      const done = () => void depth--
      last = work.then(done, done)
      return unlessAborted(work, signal)
    },
    depth: () => depth,
    close() {
      isClosed = true
      child?.kill('SIGKILL')
    },
  }
}

function start({ entry, memoryMb }: ProcessParameters): ChildProcess {
  const heap = `--max-old-space-size=${Math.ceil(memoryMb * HEAP_SHARE)}`
  const command = [process.execPath, heap, fileURLToPath(entry)]
  const options = {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    // Nothing of this process's environment, which may hold keys, but where programs and their libraries are.
    env: { PATH: process.env.PATH, LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH },
  } satisfies Parameters<typeof spawn>[2]
  if (process.platform !== 'linux') return spawn(command[0] ?? '', command.slice(1), options)
  // RLIMIT_DATA counts native memory too. Set by the shell on itself, as Node has no call for it; the number is ours.
  const limit = `ulimit -d ${(IDLE_MB + memoryMb) * 1024} && exec "$0" "$@"`
  return spawn('/bin/sh', ['-c', limit, ...command], options)
}

/** Whether the process keeps this one from ending. */
function hold(child: ChildProcess, on: boolean): void {
  if (on) child.ref()
  else child.unref()
  if (on) child.channel?.ref()
  else child.channel?.unref()
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  return promise
}
