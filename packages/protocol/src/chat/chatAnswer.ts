import { z } from 'zod'
import { findTensor, InvalidTensorError, type Tensor, tensorOf, textTensor, valuesOf } from '../tensors/tensor.ts'
import { readChatRequest } from './chatRequest.ts'

/** How an answer ended. `cancelled`: the buyer hung up, and this is what was made until then. */
export const CHAT_FINISHES = ['stop', 'length', 'tool_calls', 'content_filter', 'cancelled'] as const
export type ChatFinish = (typeof CHAT_FINISHES)[number]

/** Tokens that a template may put around messages by itself (specs/backends.md, "Units"). */
export const TEMPLATE_TOKENS = 256
/** Where nobody counted, so many bytes of text are a token. */
const BYTES_PER_TOKEN = 4

const toolCallDelta = z.object({
  index: z.int().min(0).max(1_000),
  id: z.string().max(200).optional(),
  type: z.string().max(40).optional(),
  function: z.object({ name: z.string().max(200).optional(), arguments: z.string().optional() }).optional(),
})

/** A piece of a message, as OpenAI's `delta`. */
export const chatDeltaSchema = z.object({
  content: z.string().optional(),
  reasoning_content: z.string().optional(),
  refusal: z.string().optional(),
  tool_calls: z.array(toolCallDelta).max(1_000).optional(),
})
export type ChatDelta = z.infer<typeof chatDeltaSchema>

/** Tokens of prompt and answer; `counted` by the back end, or estimated by their bytes. */
export type ChatUsage = { prompt: number; completion: number; counted: boolean }

export type ChatAnswer = Readonly<{ deltas: readonly ChatDelta[]; finish: ChatFinish; usage: ChatUsage }>

/** A piece as it stands in the tensor `deltas` and in a stream: one line. */
export function encodeChatDelta(delta: ChatDelta): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(delta)}\n`)
}

/** Reads whole lines of pieces. Throws `InvalidTensorError` for anything else. */
export function decodeChatDeltas(bytes: Uint8Array): ChatDelta[] {
  const lines = textOf(bytes).split('\n')
  if (lines.pop() !== '') throw new InvalidTensorError('"deltas" does not end with a line')
  return lines.map((line, i) => {
    const result = chatDeltaSchema.safeParse(jsonOf(line))
    if (!result.success) throw new InvalidTensorError(`line ${i} of "deltas" is no piece of a message`)
    return result.data
  })
}

/** The answer's tensors; `lines` are pieces as `encodeChatDelta` gives them, one after the other. */
export function encodeChatAnswer(lines: Uint8Array, { finish, usage }: Omit<ChatAnswer, 'deltas'>): Tensor[] {
  const { prompt, completion, counted } = usage
  return [
    tensorOf('deltas', 'u8', [lines.length], lines),
    textTensor('finish', finish),
    tensorOf('usage', 'u32', [3], Uint32Array.of(prompt, completion, counted ? 1 : 0)),
  ]
}

/** What answers were found to say, each with the request that it was held against. Whoever checks an answer and whoever shows it read the same one. */
const READ = new WeakMap<readonly Tensor[], { request: readonly Tensor[]; answer: ChatAnswer }>()

/** Reads an answer of the task `chat`, and holds its count against the request. Throws `InvalidTensorError` for what no seller may answer. */
export function readChatAnswer(request: readonly Tensor[], response: readonly Tensor[]): ChatAnswer {
  const known = READ.get(response)
  if (known?.request === request) return known.answer
  const answer = parseChatAnswer(request, response)
  READ.set(response, { request, answer })
  return answer
}

function parseChatAnswer(request: readonly Tensor[], response: readonly Tensor[]): ChatAnswer {
  const lines = valuesOf(findTensor(response, 'deltas'), 'u8')
  const told = textOf(valuesOf(findTensor(response, 'finish'), 'u8'))
  const [prompt = 0, completion = 0, counted, ...more] = valuesOf(findTensor(response, 'usage'), 'u32')
  if (response.length !== 3 || counted === undefined || counted > 1 || more.length > 0)
    throw new InvalidTensorError('a chat answer is "deltas", "finish" and "usage", which is three numbers')
  const finish = CHAT_FINISHES.find((each) => each === told)
  if (!finish) throw new InvalidTensorError(`an answer does not end by "${told.slice(0, 40)}"`)
  const deltas = decodeChatDeltas(lines)
  const usage = { prompt, completion, counted: counted === 1 }
  if (!usage.counted) {
    const own = estimateChatUsage(request, deltas)
    if (own.prompt !== prompt || own.completion !== completion)
      throw new InvalidTensorError(
        `${prompt} and ${completion} tokens are estimated, it is ${own.prompt} and ${own.completion}`,
      )
  } else if (!isPossible(request, usage))
    throw new InvalidTensorError(`${prompt} and ${completion} tokens are more than the request allows`)
  return { deltas, finish, usage }
}

/** Most tokens of prompt and answer that a request can come to. */
export function chatBounds(request: readonly Tensor[]): { prompt: number; completion: number } {
  const { most } = readChatRequest(request)
  return { prompt: findTensor(request, 'chat').data.length + TEMPLATE_TOKENS, completion: most }
}

/** The back end's own count where it is one that the request allows, else the estimate (specs/backends.md, "Units"). */
export function chatUsage(
  request: readonly Tensor[],
  deltas: readonly ChatDelta[],
  said: { prompt: number; completion: number } | undefined,
): ChatUsage {
  return said && isPossible(request, said) ? { ...said, counted: true } : estimateChatUsage(request, deltas)
}

function isPossible(request: readonly Tensor[], { prompt, completion }: { prompt: number; completion: number }) {
  const most = chatBounds(request)
  const fits = (value: number, bound: number) => Number.isInteger(value) && value >= 0 && value <= bound
  return fits(prompt, most.prompt) && fits(completion, most.completion)
}

function estimateChatUsage(request: readonly Tensor[], deltas: readonly ChatDelta[]): ChatUsage {
  const most = chatBounds(request)
  const asked = findTensor(request, 'chat').data.length
  const said = deltas.reduce((sum, delta) => sum + textBytes(delta), 0)
  return {
    prompt: Math.min(most.prompt, Math.ceil(asked / BYTES_PER_TOKEN)),
    completion: Math.min(most.completion, Math.ceil(said / BYTES_PER_TOKEN)),
    counted: false,
  }
}

/** UTF-8 bytes of the texts of a piece. */
function textBytes({ content, reasoning_content, refusal, tool_calls = [] }: ChatDelta): number {
  const calls = tool_calls.flatMap(({ function: f }) => [f?.name, f?.arguments])
  const texts = [content, reasoning_content, refusal, ...calls]
  return texts.reduce((sum, text) => sum + (text === undefined ? 0 : new TextEncoder().encode(text).length), 0)
}

/** A tool call of a whole message. */
export type ChatToolCall = { id: string; type: string; function: { name: string; arguments: string } }

/** The pieces as one message: texts joined, calls joined by `index`. Members that no piece has are left out. */
export function joinChatDeltas(deltas: readonly ChatDelta[]) {
  const join = (member: 'content' | 'reasoning_content' | 'refusal') => {
    const texts = deltas.flatMap(({ [member]: text }) => (text === undefined ? [] : [text]))
    return texts.length === 0 ? {} : { [member]: texts.join('') }
  }
  const calls = new Map<number, ChatToolCall>()
  for (const { index, id, type, function: f } of deltas.flatMap((delta) => delta.tool_calls ?? [])) {
    const call = calls.get(index) ?? { id: '', type: 'function', function: { name: '', arguments: '' } }
    calls.set(index, {
      id: id ?? call.id,
      type: type ?? call.type,
      function: {
        name: call.function.name + (f?.name ?? ''),
        arguments: call.function.arguments + (f?.arguments ?? ''),
      },
    })
  }
  const sorted = [...calls].sort(([a], [b]) => a - b).map(([, call]) => call)
  const message: { content?: string; reasoning_content?: string; refusal?: string; tool_calls?: ChatToolCall[] } = {
    ...{ ...join('content'), ...join('reasoning_content'), ...join('refusal') },
    ...(sorted.length > 0 && { tool_calls: sorted }),
  }
  return message
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new InvalidTensorError('a text of the answer is not UTF-8')
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
