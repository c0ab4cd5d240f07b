import { readOutside } from '@stoa/protocol'
import { z } from 'zod'
import { callUpstream, failed, readUpstreamJson, textOf } from './callUpstream.ts'
import { embedTexts } from './openai/openOpenAiEmbedding.ts'
import { checkUpstream, InvalidUpstreamError, type Upstream, type UpstreamProtocol } from './upstream.ts'

/** What a server tells of itself. */
export type Probed = {
  protocol: UpstreamProtocol
  /** Models that it names; a server of the Open Inference Protocol names none. */
  models: readonly string[]
  /** Tokens that prompt and answer may have together, where it says. */
  context: number | undefined
  /** Numbers of an embedding, where one was asked for. */
  dimensions?: number
}

const PROBE_MS = 10_000

const list = z.object({
  data: z.array(
    z.looseObject({
      id: z.string(),
      /** vLLM's name for it, and llama.cpp's. */
      max_model_len: z.number().nullish(),
      meta: z.looseObject({ n_ctx: z.number().nullish(), n_ctx_train: z.number().nullish() }).nullish(),
    }),
  ),
})
const named = z.object({ name: z.string() })

/**
 * Asks a server by URL what it speaks, and whether it has the model: what is to be known before anything is published. Without `protocol` both are tried. Throws `InvalidUpstreamError` that says what it answered.
 */
export async function probeUpstream(
  given: Omit<Upstream, 'protocol'> & {
    protocol?: UpstreamProtocol | undefined
    /** What it is to do; `embedding` has it make one, for which it may charge. */
    task?: 'chat' | 'embedding' | undefined
  },
): Promise<Probed> {
  const { protocol, task, ...rest } = given
  const why: string[] = []
  for (const tried of protocol ? [protocol] : task ? (['openai'] as const) : (['openai', 'oip'] as const)) {
    const upstream = checkUpstream({ ...rest, protocol: tried })
    try {
      return await (tried === 'openai' ? probeOpenAi(upstream, task) : probeOip(upstream))
    } catch (error) {
      if (error instanceof InvalidUpstreamError) throw error
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      why.push(`${tried}: ${cause instanceof Error ? cause.message.split('\n', 1)[0] : cause}`)
    }
  }
  throw new InvalidUpstreamError(
    why.join(' '),
    "Give the base URL as the server's clients have it: with /v1 for an OpenAI-compatible server, without /v2 for one of the Open Inference Protocol; and a key where it asks for one.",
  )
}

async function probeOpenAi(upstream: Upstream, task: 'chat' | 'embedding' | undefined): Promise<Probed> {
  const read = readOutside(list, await get(upstream, '/models'), 'The list of models')
  if (!read.success) throw failed(upstream, `answered what is no list of models: ${read.words}`)
  const { data } = read.data
  const found = data.find(({ id }) => id === upstream.model)
  if (!found)
    throw new InvalidUpstreamError(
      `it has no model "${upstream.model}"`,
      `It names ${
        data
          .slice(0, 20)
          .map(({ id }) => id)
          .join(', ') || 'none'
      }.`,
    )
  const context = found.max_model_len ?? found.meta?.n_ctx ?? found.meta?.n_ctx_train ?? undefined
  const probed = { protocol: 'openai' as const, models: data.map(({ id }) => id), context }
  if (task !== 'embedding') return probed
  const { rows } = await embedTexts(upstream, ['Stoa'], { signal: AbortSignal.timeout(PROBE_MS) })
  return { ...probed, dimensions: rows.length }
}

async function probeOip(upstream: Upstream): Promise<Probed> {
  const path = `/v2/models/${encodeURIComponent(upstream.model)}`
  // Not every server describes its models; each tells whether one is ready.
  await get(upstream, path)
    .then(named.parse)
    .catch(() => get(upstream, `${path}/ready`))
  return { protocol: 'oip', models: [], context: undefined }
}

async function get(upstream: Upstream, path: string): Promise<unknown> {
  const signal = AbortSignal.timeout(PROBE_MS)
  const answer = await callUpstream(upstream, { path, signal })
  // Of readiness some servers say no more than the status.
  return path.endsWith('/ready') ? textOf(upstream, answer) : readUpstreamJson(upstream, answer, signal)
}
