import { randomBytes } from 'node:crypto'
import { MAX_CHAT_TOKENS } from '@stoa/protocol'
import { z } from 'zod'
import { BadRequestError } from '../../errors.ts'
import { MAX_NEW_TOKENS, type Sampling } from '../../tasks/generate.ts'

/** What of OpenAI's requests steers sampling, in its ranges. `top_k` is not OpenAI's; many servers have it. */
export const samplingFields = {
  max_tokens: z.int().min(1).max(MAX_CHAT_TOKENS).nullish(),
  max_completion_tokens: z.int().min(1).max(MAX_CHAT_TOKENS).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_k: z.int().min(0).max(1_000_000).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string().max(200)).max(4)]).nullish(),
}

export type SamplingBody = { [K in keyof typeof samplingFields]?: z.infer<(typeof samplingFields)[K]> }

/** Tokens that are generated where the caller does not say how many, if there is room for them. */
const DEFAULT_TOKENS = 128

/**
 * A caller's wishes as the model takes them; `room` is how many tokens its context leaves. The same `seed` brings the same text from an exact model, whoever serves it; without one
 * each call draws its own.
 */
export function samplingOf(body: SamplingBody, room: number): Sampling {
  const { temperature, top_p: topP, top_k: topK, seed } = body
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? Math.max(1, Math.min(DEFAULT_TOKENS, room))
  if (maxTokens > MAX_NEW_TOKENS)
    throw new BadRequestError(`${maxTokens} tokens are asked for, at most ${MAX_NEW_TOKENS} are generated.`, {
      param: body.max_completion_tokens == null ? 'max_tokens' : 'max_completion_tokens',
    })
  return {
    maxTokens,
    temperature: Math.round((temperature ?? 1) * 1000),
    topK: topK ?? 0,
    topP: Math.max(1, Math.round((topP ?? 1) * 1_000_000)),
    seed: seed == null ? randomBytes(32) : seedOf(seed),
  }
}

/** The number as 8 bytes, the least first, and zeros. */
function seedOf(seed: number): Uint8Array {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setBigInt64(0, BigInt(seed), true)
  return bytes
}

/** The text up to the first of the caller's stops; undefined where none is in it. */
export function cutAtStop(text: string, stop: SamplingBody['stop']): string | undefined {
  const stops = typeof stop === 'string' ? [stop] : (stop ?? [])
  const places = stops.filter((word) => word !== '').map((word) => text.indexOf(word))
  const found = places.filter((at) => at >= 0)
  return found.length > 0 ? text.slice(0, Math.min(...found)) : undefined
}
