import { type Model, modelFrom } from '@stoa/engine/inference'
import {
  encodeTextEmbeddingAnswer,
  type ModelCard,
  readOutside,
  readTextEmbeddingRequest,
  textDimensions,
} from '@stoa/protocol'
import { z } from 'zod'
import { BadRequestError } from '../../models/errors.ts'
import { callUpstream, failed, readUpstreamJson } from '../callUpstream.ts'
import { InvalidUpstreamError, type Upstream } from '../upstream.ts'

export type OpenOpenAiEmbeddingParameters = {
  upstream: Upstream
  card: Pick<ModelCard, 'task' | 'profile' | 'dimensions'>
}

const list = z.object({
  data: z.array(z.object({ index: z.int().nonnegative().optional(), embedding: z.array(z.number()) })),
  usage: z.unknown().optional(),
})
const count = z.object({ prompt_tokens: z.number() })

/** Texts of one request: as many as servers take that take few (Hugging Face's text-embeddings-inference, unless it is told otherwise). */
const AT_ONCE = 32

/**
 * Embeddings that an OpenAI-compatible server makes (specs/backends.md, "Embeddings"). Asks nothing before the first run. Throws `InvalidUpstreamError` where the card does not say how many
 * numbers an embedding has.
 */
export function openOpenAiEmbedding({ upstream, card }: OpenOpenAiEmbeddingParameters): Model {
  const own = textDimensions(card)
  if (own === undefined)
    throw new InvalidUpstreamError(
      'the model’s card does not say how many numbers its embeddings have, or says that they are exact',
      'Publish a card for this server: "stoa provide --upstream <url> --upstream-model <name> --task embedding".',
    )
  return modelFrom({
    task: 'embedding',
    async answer(request, signal) {
      signal?.throwIfAborted()
      const { texts, dimensions } = readTextEmbeddingRequest(request)
      if (dimensions !== own)
        throw new BadRequestError(`Embeddings of ${dimensions} numbers are asked for.`, {
          hint: `The model's have ${own}: ask for so many.`,
        })
      const { rows, tokens } = await embedTexts(upstream, texts, { dimensions, signal })
      return encodeTextEmbeddingAnswer(request, rows, tokens)
    },
    release: async () => undefined,
  })
}

export type EmbedTextsOptions = {
  /** Numbers that each embedding must have; by default those of the first. */
  dimensions?: number
  signal?: AbortSignal | undefined
}

/** `tokens`: as the server counts them, if it does. */
type Embedded = { rows: Float32Array; tokens: number | undefined }

/**
 * Asks a server for the embeddings of texts, row after row, in their order; of more than 32, one part after the other. Throws what `callUpstream` throws, and `ModelFailedError` for other rows than
 * were asked for.
 */
export async function embedTexts(
  upstream: Upstream,
  texts: readonly string[],
  { dimensions, signal }: EmbedTextsOptions = {},
): Promise<Embedded> {
  const first = await embedPart(upstream, texts.slice(0, AT_ONCE), dimensions, signal)
  if (texts.length <= AT_ONCE) return first
  const length = first.rows.length / AT_ONCE
  const rows = new Float32Array(texts.length * length)
  rows.set(first.rows)
  let { tokens } = first
  for (let at = AT_ONCE; at < texts.length; at += AT_ONCE) {
    const part = await embedPart(upstream, texts.slice(at, at + AT_ONCE), length, signal)
    rows.set(part.rows, at * length)
    tokens = tokens === undefined || part.tokens === undefined ? undefined : tokens + part.tokens
  }
  return { rows, tokens }
}

async function embedPart(
  upstream: Upstream,
  texts: readonly string[],
  dimensions: number | undefined,
  signal: AbortSignal | undefined,
): Promise<Embedded> {
  const body = { model: upstream.model, input: texts, encoding_format: 'float' }
  const response = await callUpstream(upstream, { path: '/embeddings', body, signal })
  const read = readOutside(list, await readUpstreamJson(upstream, response, signal), 'It')
  if (!read.success) throw failed(upstream, `answered what are no embeddings: ${read.words}`)
  const { data, usage } = read.data
  const found = new Map(data.map(({ index, embedding }, i) => [index ?? i, embedding]))
  const length = dimensions ?? data[0]?.embedding.length ?? 0
  if (data.length !== texts.length || texts.some((_, i) => !found.has(i)))
    throw failed(upstream, `answered ${data.length} embeddings for ${texts.length} texts, or not one for each`)
  const rows = new Float32Array(texts.length * length)
  for (const [i, row] of found) {
    if (row.length !== length) throw failed(upstream, `answered an embedding of ${row.length} numbers, not ${length}`)
    rows.set(row, i * length)
  }
  if (!rows.every(Number.isFinite)) throw failed(upstream, 'answered a number that 32 bits can’t hold')
  return { rows, tokens: count.safeParse(usage).data?.prompt_tokens }
}
