import { parentPort, workerData } from 'node:worker_threads'
import { type OpenModelParameters, openModel } from '../openModel.ts'
import { serveModel } from './serveModel.ts'

// Entry of the thread that `openModelInWorker` starts.
if (parentPort) await serveModel(parentPort, () => openModel(workerData as OpenModelParameters))
