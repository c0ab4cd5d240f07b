import { parentPort, workerData } from 'node:worker_threads'
import { openModel } from '../openModel.ts'
import type { WorkerData } from './messages.ts'
import { serveModel } from './serveModel.ts'

// Entry of the thread that `openModelInWorker` starts.
if (parentPort) await serveModel(parentPort, () => openModel(workerData as WorkerData))
