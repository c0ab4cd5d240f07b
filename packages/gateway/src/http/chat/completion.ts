import type { InferResult } from '../../infer/createInfer.ts'
import { describeSale, describeUsage } from '../describeSale.ts'

export type CompletionParameters = {
  result: InferResult
  text: string
  /** The text in the pieces that a stream sends. */
  pieces: readonly string[]
  finish: 'stop' | 'length'
  counts: { prompt: number; completion: number }
  /** What the member `stoa` says of the answer besides the sale. */
  more?: object
  /** Wei as a decimal number of whole tokens. */
  tokens: (wei: bigint) => string
}

/** OpenAI's `chat.completion`, with cost and sale. */
export function completion(parameters: CompletionParameters) {
  const { text, finish } = parameters
  const message = { role: 'assistant', content: text, refusal: null }
  return {
    ...head(parameters, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: usageOf(parameters),
    stoa: saleOf(parameters),
  }
}

/**
 * The same as server-sent events of OpenAI's `chat.completion.chunk`, a piece of text each. Usage, cost and sale come last: with
 * `include_usage` in a chunk of their own without choices, as OpenAI sends it; else in the chunk that ends the choice, so that clients which
 * expect a choice in every chunk find one.
 */
export function completionEvents(parameters: CompletionParameters, includeUsage: boolean): string {
  const { pieces, finish } = parameters
  const frame = head(parameters, 'chat.completion.chunk')
  const pending = includeUsage ? { usage: null } : {}
  const chunk = (delta: object, finishReason: string | null, rest: object) => {
    return { ...frame, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], ...rest }
  }
  const bill = { usage: usageOf(parameters), stoa: saleOf(parameters) }
  const chunks = [
    chunk({ role: 'assistant', content: '', refusal: null }, null, pending),
    ...pieces.map((content) => chunk({ content }, null, pending)),
    chunk({}, finish, includeUsage ? pending : bill),
    ...(includeUsage ? [{ ...frame, choices: [], ...bill }] : []),
  ]
  return [...chunks.map((c) => JSON.stringify(c)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
}

function head({ result }: CompletionParameters, object: string) {
  const { record, receipt, model } = result
  // One completion is one receipt: its id is derived from it.
  return { id: `chatcmpl-${record.digest.slice(2, 34)}`, object, created: receipt.answeredAt, model: model.name }
}

function usageOf({ result, counts, tokens }: CompletionParameters) {
  return describeUsage(result, counts, tokens)
}

function saleOf({ result, more }: CompletionParameters) {
  return { ...describeSale(result), ...more }
}
