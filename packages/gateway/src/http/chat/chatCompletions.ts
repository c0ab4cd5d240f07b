import type { Handler } from 'hono'
import { BadRequestError, WrongTaskError } from '../../errors.ts'
import { decodeImage } from '../../images/decodeImage.ts'
import { parseDataUrl } from '../../images/parseDataUrl.ts'
import { readOcrAnswer } from '../../tasks/ocr.ts'
import { callerSignal } from '../callerSignal.ts'
import type { Env, HttpContext } from '../context.ts'
import { readJson } from '../readJson.ts'
import { chatBody, imageUrlOf } from './body.ts'
import { completion, completionEvents } from './completion.ts'

/** `POST /v1/chat/completions`: an image in, its text out. Errors come before the first event, as ordinary answers. */
export function chatCompletions({ infer, market, tokens, limits }: HttpContext): Handler<Env> {
  return async (c) => {
    const body = await readJson(c.req.raw, chatBody, limits.bodyBytes)
    const { model } = body
    const { card } = await market.find(model)
    if (card.task !== 'ocr')
      throw new WrongTaskError(
        model,
        card.task,
        'Send texts to POST /v1/embeddings. GET /v1/models tells which model reads images.',
      )
    if (body.n != null && body.n !== 1) throw new BadRequestError('One answer is given, "n" must be 1.', { param: 'n' })
    const image = await decodeImage(parseDataUrl(imageUrlOf(body)))
    const result = await infer({ model, request: [image], signal: callerSignal(c) })
    const answer = { result, answer: readOcrAnswer(result.response), tokens }
    if (!body.stream) return c.json(completion(answer))
    const events = completionEvents(answer, body.stream_options?.include_usage ?? false)
    return c.body(events, 200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  }
}
