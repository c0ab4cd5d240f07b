import { CHAT_FINISHES, type ChatDelta, type ChatFinish, chatDeltaSchema } from '@stoa/protocol'
import { z } from 'zod'

/** How an answer ended, and what the server counted of it. */
export type Completion = { finish: ChatFinish; usage: { prompt: number; completion: number } | undefined }

const count = z.object({ prompt_tokens: z.number(), completion_tokens: z.number() })

const spoken = z.looseObject({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  /** What some servers call `reasoning_content`. */
  reasoning: z.string().nullish(),
  tool_calls: z.array(z.looseObject({ index: z.number().optional() })).nullish(),
})

const completion = z.object({
  choices: z.array(z.object({ message: spoken, finish_reason: z.string().nullish() })).min(1),
  usage: z.unknown().optional(),
})

const chunk = z.object({
  choices: z.array(
    z.object({ index: z.number().optional(), delta: spoken.nullish(), finish_reason: z.string().nullish() }),
  ),
  usage: z.unknown().optional(),
})

/** A whole `chat.completion`; undefined for anything else. */
export function readCompletion(json: unknown): (Completion & { delta: ChatDelta | undefined }) | undefined {
  const read = completion.safeParse(json).data
  const [choice] = read?.choices ?? []
  const delta = choice && deltaOf(choice.message)
  if (!choice || delta === null) return undefined
  return { delta, finish: finishOf(choice.finish_reason ?? 'stop'), usage: usageOf(read?.usage) }
}

/** What one `chat.completion.chunk` brings; undefined for anything else. */
export function readChunk(
  json: unknown,
): { delta: ChatDelta | undefined; finish: ChatFinish | undefined; usage: Completion['usage'] } | undefined {
  const read = chunk.safeParse(json).data
  if (!read) return undefined
  const choice = read.choices.find(({ index = 0 }) => index === 0)
  const delta = choice?.delta ? deltaOf(choice.delta) : undefined
  if (delta === null) return undefined
  const finish = choice?.finish_reason ? finishOf(choice.finish_reason) : undefined
  return { delta, finish, usage: usageOf(read.usage) }
}

/** Without what is empty; undefined where nothing is left, null for what is no piece of a message. */
function deltaOf(said: z.infer<typeof spoken>): ChatDelta | undefined | null {
  const thought = said.reasoning_content ?? said.reasoning
  const calls = said.tool_calls?.map((call, i) => ({ ...call, index: call.index ?? i }))
  const delta = {
    ...(said.content && { content: said.content }),
    ...(thought && { reasoning_content: thought }),
    ...(said.refusal && { refusal: said.refusal }),
    ...(calls && calls.length > 0 && { tool_calls: calls.map(withoutNulls) }),
  }
  if (Object.keys(delta).length === 0) return undefined
  return chatDeltaSchema.safeParse(delta).data ?? null
}

/** Servers write null for what a piece does not have. */
function withoutNulls(value: object): object {
  const kept = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(
    kept.map(([name, member]) => [name, typeof member === 'object' ? withoutNulls(member) : member]),
  )
}

function finishOf(reason: string): ChatFinish {
  const known = CHAT_FINISHES.find((each) => each === reason && each !== 'cancelled')
  return known ?? (reason === 'function_call' ? 'tool_calls' : 'stop')
}

function usageOf(usage: unknown): Completion['usage'] {
  const read = count.safeParse(usage).data
  return read && { prompt: read.prompt_tokens, completion: read.completion_tokens }
}
