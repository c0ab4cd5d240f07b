import { type ChatRequest, encodeChatRequest, featuresNeeded, type ModelCard, type Tensor } from '@stoa/protocol'
import { BadRequestError, UnsupportedError } from '../../errors.ts'
import type { ChatBody } from './body.ts'

/** Tokens that are asked for where the caller does not say how many. */
const DEFAULT_TOKENS = 1_024

const PARAMS = { tools: 'tools', json_schema: 'response_format', images: 'messages' } as const
const WORDS = { tools: 'tools', json_schema: 'a response_format', images: 'pictures' } as const

/**
 * The caller's request as a model of the task `chat` takes it: what steers an answer as it is, what only the gateway needs left out. Throws `UnsupportedError` for a feature that the card does not
 * name, and `BadRequestError` for a picture by address or more tokens than the context has.
 */
export function chatRequest(body: ChatBody, card: ModelCard): Tensor[] {
  const { messages, tool_choice, top_k, top_p, temperature, seed, stop, max_tokens, max_completion_tokens } = body
  const { tools, parallel_tool_calls, response_format, presence_penalty, frequency_penalty, reasoning_effort } = body
  const steering = {
    ...{ tools, tool_choice, parallel_tool_calls, response_format, temperature, top_p, top_k, stop, seed },
    ...{ presence_penalty, frequency_penalty, reasoning_effort },
  }
  const given = Object.entries(steering).filter(([, value]) => value !== undefined && value !== null)
  // Each member is what the body's schema has, without null.
  const request = { messages, ...Object.fromEntries(given) } as ChatRequest
  requireFeatures(card, request)
  requireOwnPictures(messages)
  const { context } = card
  const most =
    max_completion_tokens ?? max_tokens ?? Math.min(DEFAULT_TOKENS, Math.ceil((context ?? 2 * DEFAULT_TOKENS) / 2))
  if (context !== undefined && most >= context)
    throw new BadRequestError(`${most} tokens are asked for, and the model's context is ${context}, prompt included.`, {
      ...{ code: 'CONTEXT_LENGTH_EXCEEDED', param: 'max_tokens' },
      hint: 'Ask for fewer tokens.',
    })
  return encodeChatRequest(request, most)
}

/** Refuses what the model's back end does not have. Models of other tasks have no features. */
export function requireFeatures(
  { name, features = [] }: Pick<ModelCard, 'name' | 'features'>,
  request: Parameters<typeof featuresNeeded>[0],
): void {
  const missing = featuresNeeded(request).find((feature) => !features.includes(feature))
  if (missing) throw new UnsupportedError(name, WORDS[missing], PARAMS[missing])
}

function requireOwnPictures(messages: ChatBody['messages']): void {
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? content : []))
  const foreign = parts.some(({ type, image_url: image }) => type === 'image_url' && !image?.url.startsWith('data:'))
  if (foreign)
    throw new BadRequestError('A picture is given by its address, and no address is fetched.', {
      param: 'messages',
      hint: 'Send the picture itself as a data: URL.',
    })
}
