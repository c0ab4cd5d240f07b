import { type GenerationFile, InvalidTensorError, type ModelCard, readChatAnswer, type Tensor } from '@stoa/protocol'
import { readEmbeddingAnswer } from './embedding.ts'
import { readGenerateAnswer } from './generate.ts'
import { readOcrAnswer } from './ocr.ts'

/** What an answer of a task has to be laid out as. */
export type AnswerForm =
  | { readonly task: Exclude<ModelCard['task'], 'generate' | 'embedding' | 'chat'> }
  /** `isCut`: its stream ended in the middle, so that a part is an answer. */
  | { readonly task: 'chat'; readonly isCut: boolean }
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
    case 'chat':
      if (readChatAnswer(request, response).finish === 'cancelled' && !form.isCut)
        throw new InvalidTensorError('it says that the call was cancelled, which it was not')
      return
    case 'generate':
      readGenerateAnswer(request, response, form.facts)
      return
    // Its tensors are the graph's own business; whoever has the graph computes it again.
    case 'graph':
  }
}
