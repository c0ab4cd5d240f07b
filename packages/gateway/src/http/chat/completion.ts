import { randomUUID } from 'node:crypto'
import type { ChatDelta, ChatToolCall } from '@stoa/protocol'
import type { InferResult } from '../../infer/createInfer.ts'
import { describeSale, describeUsage } from '../describeSale.ts'

/** What a model said. */
export type Message = {
  content?: string
  reasoning_content?: string
  refusal?: string
  tool_calls?: readonly ChatToolCall[]
}

export type CompletionParameters = {
  result: InferResult
  message: Message
  finish: string
  counts: { prompt: number; completion: number }
  /** What the member `stoa` says of the answer besides the sale. */
  more?: object
  /** Wei as a decimal number of whole tokens. */
  tokens: (wei: bigint) => string
}

/** OpenAI's `chat.completion`, with cost and sale. */
export function completion(parameters: CompletionParameters) {
  const { result, finish } = parameters
  const { content = null, refusal = null, ...rest } = parameters.message
  const message = { role: 'assistant', content, refusal, ...rest }
  return {
    // One completion is one receipt: its id is derived from it.
    id: `chatcmpl-${result.record.digest.slice(2, 34)}`,
    ...{ object: 'chat.completion', created: result.receipt.answeredAt, model: result.model.name },
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    ...billOf(parameters),
  }
}

/**
 * The same as OpenAI's `chat.completion.chunk`s, a piece each. Usage, cost and sale come last: with `include_usage` in a chunk of their own without choices, as OpenAI sends it; else in the chunk
 * that ends the choice, so that clients which expect a choice in every chunk find one.
 */
export function completionChunks(model: string, includeUsage: boolean) {
  // The receipt, of which a whole completion has its id, is not there yet.
  const id = `chatcmpl-${randomUUID().replaceAll('-', '')}`
  const frame = { id, object: 'chat.completion.chunk', created: Math.floor(Date.now() / 1000), model }
  const pending = includeUsage ? { usage: null } : {}
  const chunk = (delta: object, finishReason: string | null, rest: object) => {
    return { ...frame, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], ...rest }
  }
  return {
    first: () => chunk({ role: 'assistant', content: '', refusal: null }, null, pending),
    piece: (delta: ChatDelta) => chunk(delta, null, pending),
    last(parameters: CompletionParameters) {
      const bill = billOf(parameters)
      const end = chunk({}, parameters.finish, includeUsage ? pending : bill)
      return includeUsage ? [end, { ...frame, choices: [], ...bill }] : [end]
    },
  }
}

function billOf({ result, counts, tokens, more }: CompletionParameters) {
  return { usage: describeUsage(result, counts, tokens), stoa: { ...describeSale(result), ...more } }
}
