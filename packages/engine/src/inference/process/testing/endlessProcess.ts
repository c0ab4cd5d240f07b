import type { OpenModelParameters } from '../../openModel.ts'
import { serveModel } from '../serveModel.ts'

// A model that turns round for ever: while it opens, or, where it has files, in its first run.

function turn(): never {
  for (;;);
}

serveModel(async (parameters) => {
  if (Object.keys((parameters as OpenModelParameters).files).length === 0) turn()
  return { task: 'ocr', run: async () => turn(), close: async () => {} }
})
