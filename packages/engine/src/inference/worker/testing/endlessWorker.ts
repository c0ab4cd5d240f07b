import { parentPort, workerData } from 'node:worker_threads'
import type { Model } from '../../model.ts'
import type { OpenModelParameters } from '../../openModel.ts'
import { serveModel } from '../serveModel.ts'

// A model thread that turns round for ever: while it opens, or, where it has files, in its first run.

function turn(): never {
  for (;;);
}

const open = async (): Promise<Model> => {
  if (Object.keys((workerData as OpenModelParameters).files).length === 0) turn()
  return { task: 'ocr', run: async () => turn(), close: async () => {} }
}

if (parentPort) await serveModel(parentPort, open)
