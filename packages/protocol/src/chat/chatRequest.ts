import { z } from 'zod'
import { readOutsideJson } from '../outside/readOutside.ts'
import { readOnce } from '../tensors/readOnce.ts'
import { findTensor, InvalidTensorError, type Tensor, tensorOf, textTensor, valuesOf } from '../tensors/tensor.ts'

/** Most bytes of a request's JSON. */
export const MAX_CHAT_BYTES = 8 << 20
/** Most tokens that one request may ask for. */
export const MAX_CHAT_TOKENS = 1_000_000

/** What a chat's back end may have besides text (specs/backends.md); cards name those that theirs has. */
export const CHAT_FEATURES = ['tools', 'json_schema', 'images'] as const
export type ChatFeature = (typeof CHAT_FEATURES)[number]

const part = z.looseObject({ type: z.string() })
const message = z.looseObject({
  role: z.string().min(1).max(40),
  content: z.union([z.string(), z.array(part)]).nullish(),
})

/** The members of OpenAI's request that reach a back end. What is inside messages, tools and schemas is between the caller and the back end. */
const chatRequestSchema = z.strictObject({
  messages: z.array(message).min(1).max(10_000),
  tools: z.array(z.unknown()).max(1_000).optional(),
  tool_choice: z.unknown().optional(),
  parallel_tool_calls: z.boolean().optional(),
  response_format: z.looseObject({ type: z.string() }).optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  top_k: z.number().optional(),
  stop: z.union([z.string(), z.array(z.string())]).optional(),
  seed: z.number().optional(),
  presence_penalty: z.number().optional(),
  frequency_penalty: z.number().optional(),
  reasoning_effort: z.string().optional(),
})

/** What a model of the task `chat` is asked. */
export type ChatRequest = z.infer<typeof chatRequestSchema>

/** The request as tensors; `most`: most tokens to generate. Throws `InvalidTensorError` for one that is too large. */
export function encodeChatRequest(request: ChatRequest, most: number): Tensor[] {
  const tensors = [textTensor('chat', JSON.stringify(request)), tensorOf('most', 'u32', [1], Uint32Array.of(most))]
  readChatRequest(tensors)
  return tensors
}

type ReadChatRequest = Readonly<{ request: Readonly<ChatRequest>; most: number }>

/** Reads a request of the task `chat`. Throws `InvalidTensorError` that names what is wrong. */
export const readChatRequest: (tensors: readonly Tensor[]) => ReadChatRequest = readOnce(parseChatRequest)

function parseChatRequest(tensors: readonly Tensor[]): ReadChatRequest {
  const chat = valuesOf(findTensor(tensors, 'chat'), 'u8')
  const [most = 0, ...others] = valuesOf(findTensor(tensors, 'most'), 'u32')
  if (tensors.length !== 2 || others.length > 0)
    throw new InvalidTensorError('a chat request is "chat" and "most", which is one number')
  if (most < 1 || most > MAX_CHAT_TOKENS)
    throw new InvalidTensorError(`${most} tokens are asked for, 1 to ${MAX_CHAT_TOKENS} can be`)
  if (chat.length > MAX_CHAT_BYTES)
    throw new InvalidTensorError(`"chat" has ${chat.length} bytes, at most ${MAX_CHAT_BYTES} are taken`)
  const result = readOutsideJson(chatRequestSchema, chat, 'The object')
  if (!result.success) throw new InvalidTensorError(`in "chat": ${result.words}`)
  return { request: result.data, most }
}

/** What a back end must have to take a request as it is meant. */
export function featuresNeeded({ messages, tools, response_format: format }: ChatRequest): ChatFeature[] {
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? content : []))
  return CHAT_FEATURES.filter((feature) => {
    if (feature === 'tools') return (tools?.length ?? 0) > 0
    if (feature === 'json_schema') return format !== undefined && format.type !== 'text'
    return parts.some(({ type }) => type === 'image_url')
  })
}
