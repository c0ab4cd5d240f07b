import { Worker } from 'node:worker_threads'
import { type FromWorker, type Parcel, type ToWorker, unpackError } from './messages.ts'

/** A thread with something opened in it that answers requests. */
export type Thread<Request, Response> = {
  run(request: Request, options?: { signal?: AbortSignal; onPiece?: (piece: Uint8Array) => void }): Promise<Response>
  /** Lets the runs under way finish, then ends the thread. */
  close(): Promise<void>
  /** Settles when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>
}

export type ThreadParameters<Request> = {
  /** The module that the thread runs; it calls `serveThread`. */
  readonly entry: URL
  /** What it is started with: `workerData`. */
  readonly data: unknown
  readonly name: string
  /** A request as it is sent. */
  readonly pack: (request: Request) => Parcel<Request>
  /** What a run rejects with after `close`, and when the thread ended without being told to. */
  readonly closed: () => Error
  readonly crashed: (details: string, cause: unknown) => Error
  /** Most heap of the thread, in MB: one that takes more ends as crashed. Node's own limit where left out. */
  readonly heapMb?: number
  /** Ends the thread for good when it aborts. */
  readonly end?: AbortSignal | undefined
}

type Waiting<Response> = {
  resolve(response: Response): void
  reject(reason: unknown): void
  onPiece: ((piece: Uint8Array) => void) | undefined
}

/**
 * Starts a thread at `entry` and waits until it is ready. Throws what opening threw; `crashed` if the thread ends without being told to, now or during a
 * run; the reason of `end` when that aborts, which ends the thread.
 */
export async function startThread<Request, Response>(
  parameters: ThreadParameters<Request>,
): Promise<Thread<Request, Response>> {
  const { entry, data, name, end, pack, heapMb } = parameters
  end?.throwIfAborted()
  const limits = heapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMb } }
  const worker = new Worker(entry, { workerData: data, name, ...limits })
  const waiting = new Map<number, Waiting<Response>>()
  const opened = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let cause: unknown
  let closed = false
  let over: unknown
  worker.on('error', (error) => {
    cause = error
  })
  const finish = (reason: unknown) => {
    over = reason
    opened.reject(reason)
    for (const { reject } of waiting.values()) reject(reason)
    waiting.clear()
    ended.resolve()
    end?.removeEventListener('abort', kill)
  }
  const kill = () => {
    // The thread may be deep in native code: what becomes of it is no longer ours to wait for.
    worker.removeAllListeners('exit').unref()
    worker.terminate()
    finish(end?.reason)
  }
  end?.addEventListener('abort', kill, { once: true })
  worker.on('exit', (code) => {
    const details = cause instanceof Error ? cause.message : `It exited with code ${code}.`
    finish(closed ? parameters.closed() : parameters.crashed(details, cause))
  })
  worker.on('message', (message: FromWorker<Response>) => {
    if (message.kind === 'ready') return opened.resolve()
    if (message.kind === 'refused') return opened.reject(unpackError(message.error))
    const run = waiting.get(message.id)
    if (message.kind === 'piece') return run?.onPiece?.(message.piece)
    waiting.delete(message.id)
    if (message.kind === 'done') run?.resolve(message.response)
    else run?.reject(unpackError(message.error))
  })
  try {
    await opened.promise
  } catch (error) {
    await ended.promise
    throw error
  }
  const send = (message: ToWorker<Request>, buffers: ArrayBuffer[] = []) => worker.postMessage(message, buffers)
  let nextId = 0
  return {
    ended: ended.promise,
    async run(request, { signal, onPiece } = {}) {
      signal?.throwIfAborted()
      if (over) throw over
      const id = nextId++
      const { message, buffers } = pack(request)
      // Throws for what can't be sent: nothing may wait for an answer to it.
      send({ kind: 'run', id, request: message, pieces: onPiece !== undefined }, buffers)
      const { promise, resolve, reject } = Promise.withResolvers<Response>()
      const cancel = () => {
        waiting.delete(id)
        send({ kind: 'cancel', id })
        reject(signal?.reason)
      }
      waiting.set(id, { resolve, reject, onPiece })
      signal?.addEventListener('abort', cancel, { once: true })
      return promise.finally(() => signal?.removeEventListener('abort', cancel))
    },
    async close() {
      closed = true
      send({ kind: 'close' })
      await ended.promise
    },
  }
}
