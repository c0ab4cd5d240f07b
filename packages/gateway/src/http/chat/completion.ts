import type { InferResult } from '../../infer/createInfer.ts'
import type { OcrAnswer } from '../../tasks/ocr.ts'
import { describeSale, describeUsage } from '../describeSale.ts'

export type CompletionParameters = {
  result: InferResult
  answer: OcrAnswer
  /** Wei as a decimal number of whole tokens. */
  tokens: (wei: bigint) => string
}

/** OpenAI's `chat.completion`, with cost and sale. */
export function completion(parameters: CompletionParameters) {
  const { answer } = parameters
  const message = { role: 'assistant', content: answer.text, refusal: null }
  return {
    ...head(parameters, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: usageOf(parameters),
    stoa: saleOf(parameters),
  }
}

/**
 * The same as server-sent events of OpenAI's `chat.completion.chunk`, a line of text each. Usage, cost and sale come last: with
 * `include_usage` in a chunk of their own without choices, as OpenAI sends it; else in the chunk that ends the choice, so that clients which
 * expect a choice in every chunk find one.
 */
export function completionEvents(parameters: CompletionParameters, includeUsage: boolean): string {
  const { answer } = parameters
  const frame = head(parameters, 'chat.completion.chunk')
  const pending = includeUsage ? { usage: null } : {}
  const chunk = (delta: object, finishReason: string | null, rest: object) => {
    return { ...frame, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], ...rest }
  }
  const bill = { usage: usageOf(parameters), stoa: saleOf(parameters) }
  const chunks = [
    chunk({ role: 'assistant', content: '', refusal: null }, null, pending),
    ...piecesOf(answer.text).map((content) => chunk({ content }, null, pending)),
    chunk({}, 'stop', includeUsage ? pending : bill),
    ...(includeUsage ? [{ ...frame, choices: [], ...bill }] : []),
  ]
  return [...chunks.map((c) => JSON.stringify(c)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
}

function head({ result }: CompletionParameters, object: string) {
  const { record, receipt, model } = result
  // One completion is one receipt: its id is derived from it.
  return { id: `chatcmpl-${record.digest.slice(2, 34)}`, object, created: receipt.answeredAt, model: model.name }
}

/** Reading an image takes and makes no tokens. */
function usageOf({ result, tokens }: CompletionParameters) {
  return describeUsage(result, { prompt: 0, completion: 0 }, tokens)
}

function saleOf({ result, answer }: CompletionParameters) {
  return { ...describeSale(result), lines: answer.lines }
}

/** Lines with their line feeds; nothing for no text. */
function piecesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
