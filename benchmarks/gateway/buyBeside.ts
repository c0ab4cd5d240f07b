import { Worker } from 'node:worker_threads'
import type { VoucherTerms } from './voucherWriter.ts'

/** A buyer on a thread of its own, as it is in a process of its own: signs the next voucher of a lane, of 1 wei more, when it is asked to. */
export function buyBeside(terms: VoucherTerms): { next(lane: bigint): Promise<string>; stop(): Promise<unknown> } {
  const worker = new Worker(new URL('./buyerThread.ts', import.meta.url), { workerData: terms })
  const asked = new Map<bigint, (voucher: string) => void>()
  worker.on('message', ([lane, voucher]: [bigint, string]) => asked.get(lane)?.(voucher))
  worker.on('error', (error) => {
    throw error
  })
  return {
    next(lane) {
      const { promise, resolve } = Promise.withResolvers<string>()
      asked.set(lane, resolve)
      worker.postMessage(lane)
      return promise
    },
    stop: () => worker.terminate(),
  }
}
