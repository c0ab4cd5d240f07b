import { openExactOcr } from '../exact/ocr/openExactOcr.ts'
import { openChat } from './chat/openChat.ts'
import { openEmbedding } from './embedding/openEmbedding.ts'
import { openExactEmbedding } from './embedding/openExactEmbedding.ts'
import { openGeneration } from './generation/openGeneration.ts'
import { openFloatGraph } from './graph/openFloatGraph.ts'
import { openGraph } from './graph/openGraph.ts'
import type { Model, Task } from './model.ts'
import { openOcr } from './ocr/openOcr.ts'

export type OpenModelParameters = {
  task: Task
  /** The profile that the files follow (specs/exact-inference.md): the answer is then the same to the bit everywhere. */
  profile?: 'exact/1'
  /** Name in the model card → absolute path. The caller has verified that each file has the digest the card states. */
  files: Readonly<Record<string, string>>
  /** Threads for one operation; by default the runtime's choice, one per physical core. */
  threads?: number
}

/**
 * Loads a model into this thread. A run holds the thread for as long as it takes: servers use `openModelInProcess`.
 * Throws `InvalidModelError` when the files are not such a model and `MissingRuntimeError` when ONNX Runtime is needed and absent.
 */
export function openModel({ task, ...parameters }: OpenModelParameters): Promise<Model> {
  switch (task) {
    case 'ocr':
      return parameters.profile ? openExactOcr(parameters) : openOcr(parameters)
    case 'embedding':
      return parameters.profile ? openExactEmbedding(parameters) : openEmbedding(parameters)
    case 'generate':
      return openGeneration(parameters)
    case 'chat':
      return openChat(parameters)
    case 'graph':
      return parameters.profile ? openGraph(parameters) : openFloatGraph(parameters)
  }
}
