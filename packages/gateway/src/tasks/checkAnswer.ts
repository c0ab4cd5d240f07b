import type { GenerationFile, ModelCard, Tensor } from '@stoa/protocol'
import { readEmbeddingAnswer } from './embedding.ts'
import { readGenerateAnswer } from './generate.ts'
import { readOcrAnswer } from './ocr.ts'

/** What an answer of a task has to be laid out as. */
export type AnswerForm =
  | { readonly task: Exclude<ModelCard['task'], 'generate' | 'embedding'> }
  | { readonly task: 'embedding'; readonly isExact: boolean }
  | { readonly task: 'generate'; readonly facts: GenerationFile }

/** Throws `InvalidTensorError` unless `response` is laid out as an answer to `request` (specs/tasks.md). */
export function checkAnswer(form: AnswerForm, request: readonly Tensor[], response: readonly Tensor[]): void {
  switch (form.task) {
    case 'embedding':
      readEmbeddingAnswer(request, response, form)
      return
    case 'ocr':
      readOcrAnswer(response)
      return
    case 'generate':
      readGenerateAnswer(request, response, form.facts)
      return
    // Its tensors are the graph's own business; whoever has the graph computes it again.
    case 'graph':
  }
}
