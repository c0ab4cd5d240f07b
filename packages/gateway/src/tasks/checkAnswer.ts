import type { ModelCard, Tensor } from '@stoa/protocol'
import { readEmbeddingAnswer } from './embedding.ts'
import { readGenerateAnswer } from './generate.ts'
import { readOcrAnswer } from './ocr.ts'

/** Throws `InvalidTensorError` unless `response` is laid out as an answer of `task` to `request` (specs/tasks.md). */
export function checkAnswer(task: ModelCard['task'], request: readonly Tensor[], response: readonly Tensor[]): void {
  switch (task) {
    case 'embedding':
      readEmbeddingAnswer(request, response)
      return
    case 'ocr':
      readOcrAnswer(response)
      return
    case 'generate':
      readGenerateAnswer(request, response)
      return
    // Its tensors are the graph's own business; whoever has the graph computes it again.
    case 'graph':
  }
}
