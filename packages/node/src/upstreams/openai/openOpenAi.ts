import { type Model, modelFrom } from '@stoa/engine/inference'
import {
  type ChatDelta,
  type ChatRequest,
  chatUsage,
  encodeChatAnswer,
  encodeChatDelta,
  featuresNeeded,
  type ModelCard,
  readChatRequest,
} from '@stoa/protocol'
import { BadRequestError } from '../../models/errors.ts'
import { callUpstream, failed, readUpstreamJson } from '../callUpstream.ts'
import { UnsupportedError } from '../errors.ts'
import type { Upstream } from '../upstream.ts'
import { readChunks } from './readChunks.ts'
import { type Completion, readCompletion } from './readCompletion.ts'

export type OpenOpenAiParameters = { upstream: Upstream; card: Pick<ModelCard, 'name' | 'features'> }

/** Names of the member that bounds an answer: servers' own, and the one that OpenAI's newer models insist on. */
const BOUNDS = ['max_tokens', 'max_completion_tokens'] as const

/** A chat that an OpenAI-compatible server answers (specs/backends.md). Asks nothing before the first run. */
export function openOpenAi({ upstream, card }: OpenOpenAiParameters): Model {
  let bound: (typeof BOUNDS)[number] = 'max_tokens'
  const post = (asked: ChatRequest, most: number, stream: boolean, signal: AbortSignal | undefined) => {
    const streaming = stream && { stream: true, stream_options: { include_usage: true } }
    const body = { ...asked, model: upstream.model, [bound]: most, ...streaming }
    return callUpstream(upstream, { path: '/chat/completions', body, signal })
  }
  const ask: typeof post = async (...call) => {
    try {
      return await post(...call)
    } catch (error) {
      if (!(error instanceof BadRequestError) || bound !== BOUNDS[0] || !error.message.includes(BOUNDS[1])) throw error
      bound = BOUNDS[1]
      return post(...call)
    }
  }
  return modelFrom({
    task: 'chat',
    async answer(request, signal, onPiece) {
      signal?.throwIfAborted()
      const { request: asked, most } = readChatRequest(request)
      requireFeatures(card, asked)
      const response = await ask(asked, most, onPiece !== undefined, signal)
      const lines: Uint8Array[] = []
      const deltas: ChatDelta[] = []
      const take = (delta: ChatDelta) => {
        const line = encodeChatDelta(delta)
        deltas.push(delta)
        lines.push(line)
        onPiece?.(line)
      }
      // A server that does not stream answers whole, whatever it was asked.
      const completion = String(response.headers['content-type']).startsWith('text/event-stream')
        ? await readChunks(upstream, response, take, signal)
        : wholeOf(upstream, await readUpstreamJson(upstream, response, signal), take)
      const usage = chatUsage(request, deltas, completion.usage)
      return encodeChatAnswer(new Uint8Array(Buffer.concat(lines)), { finish: completion.finish, usage })
    },
    release: async () => undefined,
  })
}

function wholeOf(upstream: Upstream, json: unknown, take: (delta: ChatDelta) => void): Completion {
  const read = readCompletion(json)
  if (!read) throw failed(upstream, 'answered what is no chat completion')
  if (read.delta) take(read.delta)
  return read
}

/** Throws `UnsupportedError` for a request that needs more than the card says the back end has, and `BadRequestError` for a picture by address. */
export function requireFeatures(
  { name, features = [] }: Pick<ModelCard, 'name' | 'features'>,
  asked: ChatRequest,
): void {
  const missing = featuresNeeded(asked).find((feature) => !features.includes(feature))
  if (missing) throw new UnsupportedError(name, WORDS[missing])
  for (const { content } of asked.messages) {
    for (const part of Array.isArray(content) ? content : []) {
      const { type, image_url: image } = part as { type: string; image_url?: { url?: unknown } }
      if (type !== 'image_url' || String(image?.url).startsWith('data:')) continue
      throw new BadRequestError('A picture is no data: URL.', {
        hint: 'Send the picture itself; no address is fetched.',
      })
    }
  }
}

const WORDS = { tools: 'tools', json_schema: 'a response_format', images: 'pictures' } as const
