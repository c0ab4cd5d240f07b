import { WasmThreadError } from '../errors.ts'
import { isNode } from '../host.ts'
import type { HelperStart } from './helpThread.ts'

/** A thread that follows the orders in a shared memory. */
export type Helper = { end(): Promise<void> }

/** Starts a helping thread and waits until it listens. Throws `WasmThreadError` if it does not come up. */
export async function startHelper(start: HelperStart): Promise<Helper> {
  return isNode ? startInNode(start) : startInBrowser(start)
}

async function startInNode(start: HelperStart): Promise<Helper> {
  const { Worker } = await import('node:worker_threads')
  const worker = new Worker(new URL('./helper.ts', import.meta.url), { workerData: start, name: 'stoa-wasm' })
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve())
    worker.once('error', (cause) => reject(new WasmThreadError('It did not start.', cause)))
  })
  // An executor that nobody closes must not keep the process alive.
  worker.unref()
  return { end: async () => void (await worker.terminate()) }
}

async function startInBrowser(start: HelperStart): Promise<Helper> {
  // Bundlers find a worker's file by this form.
  const worker = new Worker(new URL('./helper.ts', import.meta.url), { type: 'module', name: 'stoa-wasm' })
  await new Promise<void>((resolve, reject) => {
    worker.addEventListener('message', () => resolve(), { once: true })
    worker.addEventListener('error', ({ message }) => reject(new WasmThreadError(message)), { once: true })
    worker.postMessage(start)
  })
  return { end: async () => worker.terminate() }
}
