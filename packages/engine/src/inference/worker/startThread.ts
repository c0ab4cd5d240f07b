import { Worker } from 'node:worker_threads'
import type { Tensor } from '@stoa/protocol'
import { ModelClosedError, WorkerCrashedError } from '../errors.ts'
import type { OpenModelParameters } from '../openModel.ts'
import { detach, type FromWorker, type ToWorker, unpackError } from './messages.ts'

/** A thread with an opened model in it. */
export type Thread = {
  run(request: readonly Tensor[], signal?: AbortSignal): Promise<Tensor[]>
  /** Lets the runs under way finish, then ends the thread. */
  close(): Promise<void>
  /** Settles when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>
}

type Waiting = { resolve(response: Tensor[]): void; reject(reason: unknown): void }

/**
 * Starts a thread at `entry` and waits until its model is open. Throws what opening threw; `WorkerCrashedError` if the thread ends
 * without being told to, now or during a run; the reason of `end` when that aborts, which ends the thread.
 */
export async function startThread(parameters: OpenModelParameters, entry: URL, end?: AbortSignal): Promise<Thread> {
  end?.throwIfAborted()
  const worker = new Worker(entry, { workerData: parameters, name: `stoa-${parameters.task}` })
  const waiting = new Map<number, Waiting>()
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
    finish(closed ? new ModelClosedError(parameters.task) : new WorkerCrashedError(parameters.task, details, cause))
  })
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') return opened.resolve()
    if (message.kind === 'refused') return opened.reject(unpackError(message.error))
    const run = waiting.get(message.id)
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
  const send = (message: ToWorker, buffers: ArrayBuffer[] = []) => worker.postMessage(message, buffers)
  let nextId = 0
  return {
    ended: ended.promise,
    async run(request, signal) {
      signal?.throwIfAborted()
      if (over) throw over
      const id = nextId++
      const { promise, resolve, reject } = Promise.withResolvers<Tensor[]>()
      const cancel = () => {
        waiting.delete(id)
        send({ kind: 'cancel', id })
        reject(signal?.reason)
      }
      waiting.set(id, { resolve, reject })
      signal?.addEventListener('abort', cancel, { once: true })
      const { tensors, buffers } = detach(request)
      send({ kind: 'run', id, request: tensors }, buffers)
      return promise.finally(() => signal?.removeEventListener('abort', cancel))
    },
    async close() {
      closed = true
      send({ kind: 'close' })
      await ended.promise
    },
  }
}
