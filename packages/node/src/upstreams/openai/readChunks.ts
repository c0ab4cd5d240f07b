import { type ChatDelta, serverEvents } from '@stoa/protocol'
import { ModelFailedError } from '../../models/errors.ts'
import { failed, piecesOf, type UpstreamAnswer } from '../callUpstream.ts'
import type { Upstream } from '../upstream.ts'
import { type Completion, readChunk } from './readCompletion.ts'

const NEVER = new AbortController().signal

/**
 * Reads a stream of chunks to its end, and hands each piece on. Throws `ModelFailedError` for a stream that breaks off before the message ends, says that it failed, or is no such stream; the
 * signal's reason when it aborts.
 */
export async function readChunks(
  upstream: Upstream,
  answer: UpstreamAnswer,
  take: (delta: ChatDelta) => void,
  signal: AbortSignal | undefined,
): Promise<Completion> {
  let finish: Completion['finish'] | undefined
  let usage: Completion['usage']
  try {
    for await (const data of serverEvents(piecesOf(upstream, answer), NEVER)) {
      if (data === '[DONE]') break
      const chunk = readChunk(jsonOf(data))
      if (!chunk) throw failed(upstream, 'sent what is no piece of a chat completion')
      if (chunk.delta) take(chunk.delta)
      finish = chunk.finish ?? finish
      usage = chunk.usage ?? usage
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof ModelFailedError
      ? error
      : failed(upstream, 'broke off in the middle of an answer', { cause: error })
  }
  signal?.throwIfAborted()
  if (!finish) throw failed(upstream, 'ended its stream before its message')
  return { finish, usage }
}

function jsonOf(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}
