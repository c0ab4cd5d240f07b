import { WasmThreadError } from '../errors.ts'
import type { HelperStart } from './helpThread.ts'

/** A thread that follows the orders in a shared memory. */
export type Helper = { end(): Promise<void> }

/** Starts a helping thread and waits until it listens. Throws `WasmThreadError` if it does not come up. */
export async function startHelper(start: HelperStart): Promise<Helper> {
  const entry = new URL('./helper.ts', import.meta.url)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  if ('process' in globalThis) {
    const { Worker } = await import('node:worker_threads')
    const worker = new Worker(entry, { workerData: start, name: 'stoa-wasm' })
    worker.once('message', () => resolve())
    worker.once('error', (cause) => reject(new WasmThreadError('It did not start.', cause)))
    await promise
    // An executor that nobody closes must not keep the process alive.
    worker.unref()
    return { end: async () => void (await worker.terminate()) }
  }
  const worker = new Worker(entry, { type: 'module', name: 'stoa-wasm' })
  worker.addEventListener('message', () => resolve(), { once: true })
  worker.addEventListener('error', ({ message }) => reject(new WasmThreadError(message)), { once: true })
  worker.postMessage(start)
  await promise
  return { end: async () => worker.terminate() }
}
