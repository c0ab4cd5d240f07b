import {
  encodeTextEmbeddingRequest,
  type ModelCard,
  readTextEmbeddingAnswer,
  type Tensor,
  textDimensions,
} from '@stoa/protocol'
import type { Handler } from 'hono'
import { z } from 'zod'
import { BadRequestError, WrongTaskError } from '../../errors.ts'
import type { ListedModel } from '../../market/market.ts'
import { DIMENSIONS, embeddingRequest, MAX_TEXT_TOKENS, readEmbeddingAnswer } from '../../tasks/embedding.ts'
import { callerSignal } from '../callerSignal.ts'
import { rulesField, rulesOf } from '../callRules.ts'
import type { Env, HttpContext } from '../context.ts'
import { describeSale, describeUsage } from '../describeSale.ts'
import { readJson } from '../readJson.ts'
import { readInput } from './readInput.ts'
import { readTexts } from './readTexts.ts'

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
    const takesTexts = textDimensions(listed.card)
    const length = takesTexts ?? DIMENSIONS
    if (dimensions !== undefined && dimensions !== length)
      throw new BadRequestError(`The model's embeddings have ${length} dimensions.`, {
        param: 'dimensions',
        hint: `Leave "dimensions" out, or say ${length}.`,
      })
    const { request, truncated, ids } =
      takesTexts === undefined ? await requestOfIds(texts, listed, input) : requestOfTexts(input, takesTexts)
    const result = await infer({ model, request, ...rulesOf(asked), signal: callerSignal(c) })
    const rows = readEmbeddingAnswer(request, result.response, { isExact: profile !== undefined })
    const data = Array.from({ length: rows.length / length }, (_, index) => {
      const row = rows.subarray(index * length, (index + 1) * length)
      return { object: 'embedding', index, embedding: format === 'base64' ? base64Of(row) : Array.from(row) }
    })
    const own = takesTexts === undefined ? undefined : readTextEmbeddingAnswer(request, result.response).usage
    const prompt = own?.tokens ?? ids
    const { completion_tokens: _, ...usage } = describeUsage(result, { prompt, completion: 0 }, tokens)
    const stoa = { ...describeSale(result), truncated, ...(own && { usage_counted: own.counted }) }
    return c.json({ object: 'list', data, model: result.model.name, usage, stoa })
  }
}

type Input = z.infer<typeof body>['input']
/** `truncated`: texts of which only the beginning is embedded; `ids`: of all texts together. */
type Prepared = { request: Tensor[]; truncated: number[]; ids: number }

async function requestOfIds(texts: HttpContext['texts'], listed: ListedModel, input: Input): Promise<Prepared> {
  const sequences = await readInput(texts, listed, input)
  const read = sequences.map((ids) => ids.subarray(0, MAX_TEXT_TOKENS))
  return {
    request: embeddingRequest(read),
    truncated: sequences.flatMap(({ length }, i) => (length > MAX_TEXT_TOKENS ? [i] : [])),
    ids: read.reduce((sum, { length }) => sum + length, 0),
  }
}

function requestOfTexts(input: Input, dimensions: number): Prepared {
  return {
    request: encodeTextEmbeddingRequest({ texts: readTexts(input, dimensions), dimensions }),
    truncated: [],
    ids: 0,
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
