import type { TextToEncode } from '@stoa/engine/codec'
import type { GenerationFile } from '@stoa/protocol'
import { BadRequestError, PromptTooLongError } from '../../errors.ts'
import type { InferResult } from '../../infer/createInfer.ts'
import type { ListedModel } from '../../market/market.ts'
import { generateRequest, readGenerateAnswer } from '../../tasks/generate.ts'
import { rulesOf } from '../callRules.ts'
import type { HttpContext } from '../context.ts'
import { liveText } from './liveText.ts'
import { cutAtStop, type SamplingBody, samplingOf } from './sampling.ts'

/** More is refused unread: it is longer than the context of any model that is known. */
const MAX_PROMPT_BYTES = 1 << 20

/** A text, before which the model's own first ids are put; or ids, which are taken as they are. */
export type Prompt = TextToEncode | { readonly ids: readonly number[] }

export type GenerateParameters = {
  model: string
  prompt: Prompt
  /** Member of the caller's request that the prompt is from. */
  param: 'messages' | 'prompt'
  body: SamplingBody & Parameters<typeof rulesOf>[0]
  signal: AbortSignal
  /** Gets pieces of the text while it is made; together they are the text. */
  onText?: ((text: string) => void) | undefined
  /** Leaves out blanks at both ends. */
  trim?: boolean
}

/** A text that a model went on with, as the caller gets it. */
export type Generated = {
  result: InferResult
  text: string
  finish: 'stop' | 'length'
  counts: { prompt: number; completion: number }
}

type Context = Pick<HttpContext, 'infer' | 'market' | 'texts'>

/**
 * Buys one text. What follows the caller's `stop` was generated, and is paid for, but left out. Throws `PromptTooLongError` where prompt and answer don't
 * fit the model's context, `BadRequestError` for a prompt that is no text or names ids that the model does not have.
 */
export async function generate(
  context: Context,
  { model: name, ...parameters }: GenerateParameters,
): Promise<Generated> {
  const { infer, market, texts } = context
  const { prompt, param, body, signal, onText, trim = false } = parameters
  const model = await market.find(name)
  const facts = await texts.factsOf(model)
  const ids = 'ids' in prompt ? checkIds(prompt.ids, facts) : await encode(texts, model, facts, prompt, param)
  const room = facts.context - ids.length
  const sampling = samplingOf(body, room)
  const { maxTokens } = sampling
  if (maxTokens > room)
    throw new PromptTooLongError({ promptTokens: ids.length, maxTokens, context: facts.context, param })
  const request = generateRequest(ids, sampling)
  const decode = (some: Uint32Array) => texts.decode(model, some)
  const live = onText && liveText({ decode, ends: facts.ends, stop: body.stop, trim, onText })
  const streaming = live && { onPiece: live.push }
  const result = await infer({ model: name, request, ...rulesOf(body), signal, ...streaming })
  const { tokens, shown, finish } = readGenerateAnswer(request, result.response, facts)
  const whole = await texts.decode(result.model, shown)
  const cut = cutAtStop(whole, body.stop)
  const text = trim ? (cut ?? whole).trim() : (cut ?? whole)
  await live?.finish(text)
  const counts = { prompt: ids.length, completion: tokens.length }
  return { result, text, finish: cut === undefined ? finish : 'stop', counts }
}

async function encode(
  texts: HttpContext['texts'],
  model: ListedModel,
  { begin, ends }: GenerationFile,
  prompt: TextToEncode,
  param: string,
): Promise<Uint32Array> {
  if (!prompt.text.isWellFormed()) throw new BadRequestError('The prompt is not valid Unicode.', { param })
  const bytes = Buffer.byteLength(prompt.text)
  if (bytes > MAX_PROMPT_BYTES)
    throw new BadRequestError(`The prompt has ${bytes} bytes, at most ${MAX_PROMPT_BYTES} are taken.`, { param })
  const [own = new Uint32Array()] = await texts.encode(model, [prompt])
  const ids = new Uint32Array(begin.length + own.length)
  ids.set(begin)
  ids.set(own, begin.length)
  // A model goes on from something: where a text has no ids at all, from the end of another.
  return ids.length > 0 ? ids : Uint32Array.from(ends.slice(0, 1))
}

function checkIds(ids: readonly number[], { vocabulary }: GenerationFile): Uint32Array {
  const unknown = ids.find((id) => id >= vocabulary)
  if (unknown !== undefined)
    throw new BadRequestError(`The model knows ${vocabulary} tokens, ${unknown} is none of them.`, { param: 'prompt' })
  return Uint32Array.from(ids)
}
