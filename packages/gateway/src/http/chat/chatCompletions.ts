import { type ChatDelta, decodeChatDeltas, joinChatDeltas, type ModelCard, readChatAnswer } from '@stoa/protocol'
import type { Context, Handler } from 'hono'
import { BadRequestError, WrongTaskError } from '../../errors.ts'
import { parseDataUrl } from '../../images/parseDataUrl.ts'
import { readOcrAnswer } from '../../tasks/ocr.ts'
import { callerSignal } from '../callerSignal.ts'
import { rulesOf } from '../callRules.ts'
import type { Env, HttpContext } from '../context.ts'
import { generate } from '../generation/generate.ts'
import { readJson } from '../readJson.ts'
import { streamEvents } from '../streamEvents.ts'
import { type ChatBody, chatBody, imageUrlOf } from './body.ts'
import { chatRequest, requireFeatures } from './chatRequest.ts'
import { type CompletionParameters, completion, completionChunks } from './completion.ts'
import { promptOf } from './promptOf.ts'

type Answered = Omit<CompletionParameters, 'tokens'>

/**
 * `POST /v1/chat/completions`: messages in, a text out; or an image in, its text out. Errors come before the first event as ordinary
 * answers, after it as an event.
 */
export function chatCompletions(context: HttpContext): Handler<Env> {
  const { market, tokens, limits } = context
  return async (c) => {
    const body = await readJson(c.req.raw, chatBody, limits.bodyBytes)
    const { card, name } = await market.find(body.model)
    const answer = ANSWERS[card.task]
    if (!answer)
      throw new WrongTaskError(
        body.model,
        card.task,
        'Send texts to POST /v1/embeddings. GET /v1/models tells which model reads images or generates text.',
      )
    if (body.n != null && body.n !== 1) throw new BadRequestError('One answer is given, "n" must be 1.', { param: 'n' })
    const call = { context, c, body, card, signal: callerSignal(c) }
    if (!body.stream) return c.json(completion({ ...(await answer(call)), tokens }))
    const chunks = completionChunks(name, body.stream_options?.include_usage ?? false)
    return streamEvents(context, call.signal, async (send, signal) => {
      let begun = false
      const begin = () => {
        if (!begun) send(chunks.first())
        begun = true
      }
      const onPiece = (delta: ChatDelta) => {
        begin()
        send(chunks.piece(delta))
      }
      const answered = await answer({ ...call, signal, onPiece })
      begin()
      for (const chunk of chunks.last({ ...answered, tokens })) send(chunk)
    })
  }
}

type Call = {
  context: HttpContext
  c: Context<Env>
  body: ChatBody
  card: ModelCard
  signal: AbortSignal
  /** Gets the message in pieces, while it is made where the model can. */
  onPiece?: (delta: ChatDelta) => void
}
type Answer = (call: Call) => Promise<Answered>

/** The image of the last user message, read. Reading takes and makes no tokens. */
const readImage: Answer = async ({ context, body, card, signal, onPiece }) => {
  requireFeatures({ name: card.name, features: ['images'] }, featuresOf(body))
  const image = await context.images.decode(parseDataUrl(imageUrlOf(body)), { signal })
  const result = await context.infer({ model: body.model, request: [image], ...rulesOf(body), signal })
  const { text, lines } = readOcrAnswer(result.response)
  // Lines with their line feeds; nothing for no text.
  for (const content of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) onPiece?.({ content })
  return { result, message: { content: text }, finish: 'stop', counts: { prompt: 0, completion: 0 }, more: { lines } }
}

/** What the model says next. */
const reply: Answer = async ({ context, body, card, signal, onPiece }) => {
  requireFeatures({ name: card.name, features: ['images'] }, featuresOf(body))
  const prompt = promptOf(body, card.chat)
  const onText = onPiece && ((content: string) => onPiece({ content }))
  // The answer's words begin with a space where the prompt ended without one.
  const { text, ...generated } = await generate(context, {
    ...{ model: body.model, prompt, param: 'messages', body, signal, onText, trim: true },
  })
  return { ...generated, message: { content: text } }
}

/** What the server behind the offer says next. */
const pass: Answer = async ({ context, body, card, signal, onPiece }) => {
  const request = chatRequest(body, card)
  let begun = false
  const streaming = onPiece && {
    onPiece(bytes: Uint8Array) {
      begun = true
      for (const delta of decodeChatDeltas(bytes)) onPiece(delta)
    },
  }
  const result = await context.infer({ model: body.model, request, ...rulesOf(body), signal, ...streaming })
  const { deltas, finish, usage } = readChatAnswer(request, result.response)
  // A seller that does not stream answers whole.
  if (!begun) for (const delta of deltas) onPiece?.(delta)
  const { prompt, completion, counted } = usage
  const message = joinChatDeltas(deltas)
  return { result, message, finish, counts: { prompt, completion }, more: { usage_counted: counted } }
}

const featuresOf = ({ messages, tools, response_format: format }: ChatBody): Parameters<typeof requireFeatures>[1] => {
  return { messages, ...(tools && { tools }), ...(format && { response_format: format }) }
}

const ANSWERS: Partial<Record<ModelCard['task'], Answer>> = { ocr: readImage, generate: reply, chat: pass }
