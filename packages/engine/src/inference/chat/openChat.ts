import {
  type ChatRequest,
  chatUsage,
  decodeChatDeltas,
  encodeChatAnswer,
  encodeChatDelta,
  readChatRequest,
  type Tensor,
} from '@stoa/protocol'
import { InvalidModelError, InvalidRequestError } from '../errors.ts'
import type { Model, RunOptions } from '../model.ts'
import { modelFrom } from '../modelFrom.ts'
import { type Llama, type LlamaChat, type LlamaSequence, type LlamaTurn, loadLlama } from './loadLlama.ts'

export type OpenChatParameters = {
  /** `model.gguf` → absolute path. */
  files: Readonly<Record<string, string>>
  /** Threads for one operation; by default the library's choice. */
  threads?: number
}

/** Most tokens that prompt and answer may have together, where the file was made for more: each takes memory. */
const MAX_CONTEXT = 8_192

type Opened = { llama: Llama; chat: LlamaChat; sequence: LlamaSequence; tokenizer: unknown; context: number }

/**
 * Opens a GGUF file for the task `chat` by node-llama-cpp, on this machine's processor. Answers one request after the other. Throws `MissingLlamaError` where the library is not installed, and
 * `InvalidModelError` for a file that it does not open, or none: a chat whose answers come from a server has no file, and needs an upstream (specs/backends.md).
 */
export async function openChat({ files, threads }: OpenChatParameters): Promise<Model> {
  const { 'model.gguf': modelPath } = files
  if (!modelPath) throw new InvalidModelError('chat', 'there is no model.gguf; answers of a server need an upstream')
  const { getLlama, LlamaChat: Chat } = await loadLlama()
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    logLevel: 'error',
    ...(threads && { maxThreads: threads }),
  })
  try {
    const model = await llama.loadModel({ modelPath })
    const context = await model.createContext({
      contextSize: Math.min(model.trainContextSize, MAX_CONTEXT),
      sequences: 1,
    })
    const sequence = context.getSequence()
    const chat = new Chat({ contextSequence: sequence })
    const opened = { llama, chat, sequence, tokenizer: model.tokenizer, context: context.contextSize }
    let last: Promise<unknown> = Promise.resolve()
    return modelFrom({
      task: 'chat',
      answer(request, signal, onPiece) {
        const work = last.then(() => answer(opened, request, signal, onPiece))
        last = work.catch(() => undefined)
        return work
      },
      release: () => llama.dispose(),
    })
  } catch (cause) {
    await llama.dispose()
    throw new InvalidModelError('chat', 'model.gguf can not be opened', cause)
  }
}

async function answer(
  { llama, chat, sequence, tokenizer, context }: Opened,
  request: readonly Tensor[],
  signal: AbortSignal | undefined,
  onPiece: RunOptions['onPiece'],
): Promise<Tensor[]> {
  signal?.throwIfAborted()
  const { request: asked, most } = readChatRequest(request)
  const history: LlamaTurn[] = [...turnsOf(asked), { type: 'model', response: [] }]
  const { contextText } = chat.chatWrapper.generateContextState({ chatHistory: history })
  const prompt = contextText.tokenize(tokenizer).length
  // The library would leave out what was said first, and say nothing of it.
  if (prompt + most > context) throw refused(`${prompt} tokens and ${most} more don't fit a context of ${context}`)
  const grammar = await grammarOf(llama, asked)
  const lines: Uint8Array[] = []
  let completion = 0
  // What an earlier request left must change nothing.
  await sequence.clearHistory()
  const { metadata } = await chat.generateResponse(history, {
    ...{ maxTokens: most, temperature: asked.temperature ?? 1, topP: asked.top_p, topK: asked.top_k, signal, grammar },
    seed: asked.seed === undefined ? undefined : Math.abs(Math.trunc(asked.seed)) % 2 ** 32,
    customStopTriggers: typeof asked.stop === 'string' ? [asked.stop] : asked.stop,
    onToken: (tokens: unknown[]) => {
      completion += tokens.length
    },
    onTextChunk(content: string) {
      if (content === '' || signal?.aborted) return
      const line = encodeChatDelta({ content })
      lines.push(line)
      onPiece?.(line)
    },
  })
  signal?.throwIfAborted()
  const told = new Uint8Array(Buffer.concat(lines))
  const usage = chatUsage(request, decodeChatDeltas(told), { prompt, completion: Math.min(completion, most) })
  return encodeChatAnswer(told, { finish: metadata.stopReason === 'maxTokens' ? 'length' : 'stop', usage })
}

/** The messages as the library takes them: texts of the three roles. */
function turnsOf({ messages, tools }: ChatRequest): LlamaTurn[] {
  if (tools && tools.length > 0) throw refused('tools are not taken')
  return messages.map(({ role, content }, i) => {
    const text = typeof content === 'string' ? content : (content ?? []).map((part) => textOf(part, i)).join('')
    if (role === 'system' || role === 'developer') return { type: 'system', text }
    if (role === 'user') return { type: 'user', text }
    if (role === 'assistant') return { type: 'model', response: [text] }
    throw refused(`message ${i} is of role "${role}"`)
  })
}

function textOf(part: { type: string; text?: unknown }, i: number): string {
  if (part.type === 'text' && typeof part.text === 'string') return part.text
  throw refused(`message ${i} holds more than text`)
}

async function grammarOf(llama: Llama, { response_format: format }: ChatRequest): Promise<unknown> {
  if (!format || format.type === 'text') return undefined
  if (format.type === 'json_object') return llama.getGrammarFor('json')
  const { schema } = (format.json_schema ?? {}) as { schema?: unknown }
  if (format.type !== 'json_schema' || schema === undefined) throw refused(`"${format.type}" is no response format`)
  return llama.createGrammarForJsonSchema(schema).catch(() => {
    throw refused('the schema is none that answers can be held to')
  })
}

const refused = (why: string): InvalidRequestError => new InvalidRequestError('chat', why)
