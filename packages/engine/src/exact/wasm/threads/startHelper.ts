import { WasmThreadError } from '../errors.ts'
import { isNode } from '../host.ts'
import type { HelperStart } from './helpThread.ts'

/** A thread that helps with the orders in a shared memory. */
export type Helper = { end(): Promise<void> }

/** Hears of a thread that ended although nobody ended it. */
export type OnLoss = (error: WasmThreadError) => void

/** Address space of a thread for JavaScript that it compiles: half a GB where nothing is said, which would count as memory where that is limited (../../../worker/openInProcess.ts). */
const CODE_MB = 16

/** Starts a helping thread and waits until it listens. Throws `WasmThreadError` if it does not come up. */
export async function startHelper(start: HelperStart, onLoss: OnLoss): Promise<Helper> {
  return isNode ? startInNode(start, onLoss) : startInBrowser(start, onLoss)
}

async function startInNode(start: HelperStart, onLoss: OnLoss): Promise<Helper> {
  const { Worker } = await import('node:worker_threads')
  const worker = new Worker(new URL('./helper.ts', import.meta.url), {
    ...{ workerData: start, name: 'stoa-wasm', resourceLimits: { codeRangeSizeMb: CODE_MB } },
  })
  const started = Promise.withResolvers<void>()
  let isUp = false
  let isEnding = false
  let cause: unknown
  worker.once('message', () => {
    isUp = true
    started.resolve()
  })
  worker.on('error', (error) => {
    cause = error
  })
  // The last event: only now it is known whether it had come up, whose message may be heard after its error.
  worker.once('exit', () => {
    if (!isUp) started.reject(new WasmThreadError('It did not start.', cause))
    else if (!isEnding) onLoss(new WasmThreadError('It ended while the graph was open.', cause))
  })
  await started.promise
  // An executor that nobody closes must not keep the process alive.
  worker.unref()
  return {
    async end() {
      isEnding = true
      await worker.terminate()
    },
  }
}

async function startInBrowser(start: HelperStart, onLoss: OnLoss): Promise<Helper> {
  // Bundlers find a worker's file by this form.
  const worker = new Worker(new URL('./helper.ts', import.meta.url), { type: 'module', name: 'stoa-wasm' })
  await new Promise<void>((resolve, reject) => {
    worker.addEventListener('message', () => resolve(), { once: true })
    worker.addEventListener('error', ({ message }) => reject(new WasmThreadError(message)), { once: true })
    worker.postMessage(start)
  })
  worker.addEventListener('error', ({ message }) => onLoss(new WasmThreadError(message)))
  return { end: async () => worker.terminate() }
}
