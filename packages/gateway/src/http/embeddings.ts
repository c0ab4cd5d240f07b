import type { ModelCard } from '@stoa/protocol'
import type { Handler } from 'hono'
import { z } from 'zod'
import { BadRequestError, WrongTaskError } from '../errors.ts'
import { DIMENSIONS, embeddingRequest, readEmbeddingAnswer } from '../tasks/embedding.ts'
import { callerSignal } from './callerSignal.ts'
import type { Env, HttpContext } from './context.ts'
import { describeSale, describeUsage } from './describeSale.ts'
import { readJson } from './readJson.ts'

const body = z.object({
  model: z.string().min(1).max(200),
  input: z.union([z.string(), z.array(z.unknown())]),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  dimensions: z.number().optional(),
})

/** `POST /v1/embeddings`: all texts of a request are one call to the model, and one payment. */
export function embeddings({ infer, market, tokens, limits }: HttpContext): Handler<Env> {
  return async (c) => {
    const { model, input, encoding_format: format, dimensions } = await readJson(c.req.raw, body, limits.bodyBytes)
    const { card } = await market.find(model)
    if (card.task !== 'embedding') throw new WrongTaskError(model, card.task, HINTS[card.task])
    if (dimensions !== undefined && dimensions !== DIMENSIONS)
      throw new BadRequestError(`The model's embeddings have ${DIMENSIONS} dimensions.`, {
        param: 'dimensions',
        hint: `Leave "dimensions" out, or say ${DIMENSIONS}.`,
      })
    const request = embeddingRequest(textsOf(input))
    const result = await infer({ model, request, signal: callerSignal(c) })
    const answer = readEmbeddingAnswer(request, result.response)
    const prompt = answer.tokens.reduce((sum, n) => sum + n, 0)
    const data = Array.from(answer.tokens, (_, index) => {
      const row = answer.embeddings.subarray(index * DIMENSIONS, (index + 1) * DIMENSIONS)
      return { object: 'embedding', index, embedding: format === 'base64' ? base64Of(row) : Array.from(row) }
    })
    const { completion_tokens: _, ...usage } = describeUsage(result, { prompt, completion: 0 }, tokens)
    return c.json({ object: 'list', data, model: result.model.name, usage, stoa: describeSale(result) })
  }
}

/** Where a model is asked that gives no embeddings. */
const HINTS: Readonly<Record<ModelCard['task'], string>> = {
  embedding: '',
  ocr: 'Send it an image: POST /v1/chat/completions with an image_url part.',
  generate: 'Send it messages: POST /v1/chat/completions.',
  graph: 'Send it tensors: POST /v2/models/<model>/infer.',
}

/** Little-endian 32-bit floats, as OpenAI's clients read them; tensors and every machine that Node runs on have that order. */
function base64Of(row: Float32Array): string {
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('base64')
}

function textsOf(input: string | unknown[]): string[] {
  const texts = typeof input === 'string' ? [input] : input
  return texts.map((text) => {
    if (typeof text === 'string') return text
    throw new BadRequestError('"input" must be text.', {
      param: 'input',
      hint: "Tokens can't be taken: each model here has its own vocabulary. Send strings.",
    })
  })
}
