import type { ModelCard } from '@stoa/protocol'
import type { Context, Handler } from 'hono'
import { BadRequestError, WrongTaskError } from '../../errors.ts'
import { parseDataUrl } from '../../images/parseDataUrl.ts'
import { readOcrAnswer } from '../../tasks/ocr.ts'
import { callerSignal } from '../callerSignal.ts'
import { rulesOf } from '../callRules.ts'
import type { Env, HttpContext } from '../context.ts'
import { generate } from '../generation/generate.ts'
import { readJson } from '../readJson.ts'
import { type ChatBody, chatBody, imageUrlOf } from './body.ts'
import { type CompletionParameters, completion, completionEvents } from './completion.ts'
import { promptOf } from './promptOf.ts'

type Answered = Omit<CompletionParameters, 'tokens'>

/**
 * `POST /v1/chat/completions`: messages in, a text out; or an image in, its text out. Errors come before the first event, as ordinary
 * answers.
 */
export function chatCompletions(context: HttpContext): Handler<Env> {
  const { market, tokens, limits } = context
  return async (c) => {
    const body = await readJson(c.req.raw, chatBody, limits.bodyBytes)
    const { card } = await market.find(body.model)
    const answer = ANSWERS[card.task]
    if (!answer)
      throw new WrongTaskError(
        body.model,
        card.task,
        'Send texts to POST /v1/embeddings. GET /v1/models tells which model reads images or generates text.',
      )
    if (body.n != null && body.n !== 1) throw new BadRequestError('One answer is given, "n" must be 1.', { param: 'n' })
    const answered = { ...(await answer(context, c, body, card)), tokens }
    if (!body.stream) return c.json(completion(answered))
    const events = completionEvents(answered, body.stream_options?.include_usage ?? false)
    return c.body(events, 200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  }
}

type Answer = (context: HttpContext, c: Context<Env>, body: ChatBody, card: ModelCard) => Promise<Answered>

/** The image of the last user message, read. Reading takes and makes no tokens. */
const readImage: Answer = async ({ infer, images }, c, body) => {
  const signal = callerSignal(c)
  const image = await images.decode(parseDataUrl(imageUrlOf(body)), { signal })
  const result = await infer({
    model: body.model,
    request: [image],
    ...rulesOf(body),
    signal,
  })
  const { text, lines } = readOcrAnswer(result.response)
  // Lines with their line feeds; nothing for no text.
  const pieces = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  return { result, text, pieces, finish: 'stop', counts: { prompt: 0, completion: 0 }, more: { lines } }
}

/** What the model says next. */
const reply: Answer = async (context, c, body, card) => {
  const prompt = promptOf(body, card.chat)
  const generated = await generate(context, {
    model: body.model,
    prompt,
    param: 'messages',
    body,
    signal: callerSignal(c),
  })
  // The answer's words begin with a space where the prompt ended without one.
  const text = generated.text.trim()
  return { ...generated, text, pieces: text.match(/\s*\S+/g) ?? [] }
}

const ANSWERS: Partial<Record<ModelCard['task'], Answer>> = { ocr: readImage, generate: reply }
