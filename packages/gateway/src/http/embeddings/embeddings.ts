import type { ModelCard } from '@stoa/protocol'
import type { Handler } from 'hono'
import { z } from 'zod'
import { BadRequestError, WrongTaskError } from '../../errors.ts'
import { DIMENSIONS, embeddingRequest, MAX_TEXT_TOKENS, readEmbeddingAnswer } from '../../tasks/embedding.ts'
import { callerSignal } from '../callerSignal.ts'
import { rulesField, rulesOf } from '../callRules.ts'
import type { Env, HttpContext } from '../context.ts'
import { describeSale, describeUsage } from '../describeSale.ts'
import { readJson } from '../readJson.ts'
import { readInput } from './readInput.ts'

const body = z.object({
  model: z.string().min(1).max(200),
  input: z.union([z.string(), z.array(z.unknown())]),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  dimensions: z.number().optional(),
  ...rulesField,
})

/** `POST /v1/embeddings`: all texts of a request are one call to the model, and one payment. */
export function embeddings({ infer, market, texts, tokens, limits }: HttpContext): Handler<Env> {
  return async (c) => {
    const asked = await readJson(c.req.raw, body, limits.bodyBytes)
    const { model, input, encoding_format: format, dimensions } = asked
    const listed = await market.find(model)
    const { task, profile } = listed.card
    if (task !== 'embedding') throw new WrongTaskError(model, task, HINTS[task])
    if (dimensions !== undefined && dimensions !== DIMENSIONS)
      throw new BadRequestError(`The model's embeddings have ${DIMENSIONS} dimensions.`, {
        param: 'dimensions',
        hint: `Leave "dimensions" out, or say ${DIMENSIONS}.`,
      })
    const sequences = await readInput(texts, listed, input)
    const read = sequences.map((ids) => ids.subarray(0, MAX_TEXT_TOKENS))
    const truncated = sequences.flatMap(({ length }, i) => (length > MAX_TEXT_TOKENS ? [i] : []))
    const request = embeddingRequest(read)
    const result = await infer({ model, request, ...rulesOf(asked), signal: callerSignal(c) })
    const rows = readEmbeddingAnswer(request, result.response, { isExact: profile !== undefined })
    const data = read.map((_, index) => {
      const row = rows.subarray(index * DIMENSIONS, (index + 1) * DIMENSIONS)
      return { object: 'embedding', index, embedding: format === 'base64' ? base64Of(row) : Array.from(row) }
    })
    const prompt = read.reduce((sum, { length }) => sum + length, 0)
    const { completion_tokens: _, ...usage } = describeUsage(result, { prompt, completion: 0 }, tokens)
    const stoa = { ...describeSale(result), truncated }
    return c.json({ object: 'list', data, model: result.model.name, usage, stoa })
  }
}

/** Where a model is asked that gives no embeddings. */
const HINTS: Readonly<Record<ModelCard['task'], string>> = {
  chat: 'Send messages to POST /v1/chat/completions.',
  embedding: '',
  ocr: 'Send it an image: POST /v1/chat/completions with an image_url part.',
  generate: 'Send it messages: POST /v1/chat/completions.',
  graph: 'Send it tensors: POST /v2/models/<model>/infer.',
}

/** Little-endian 32-bit floats, as OpenAI's clients read them; tensors and every machine that Node runs on have that order. */
function base64Of(row: Float32Array): string {
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('base64')
}
