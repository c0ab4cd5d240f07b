import { parentPort, workerData } from 'node:worker_threads'
import { voucherWriter } from './voucherWriter.ts'

// A buyer's thread: for the number of a lane, the header of its next voucher, which may cost 1 wei more.

const write = await voucherWriter(workerData)
parentPort?.on('message', (lane: bigint) => parentPort?.postMessage([lane, write(1n, lane)]))
