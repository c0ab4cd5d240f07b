import { type QueryFunctionContext, queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { readAs, send } from './request.ts'
import { address, bytes32, wei } from './schemas.ts'

const offer = z.object({
  offer_id: bytes32,
  provider: address,
  state: z.enum(['healthy', 'resting', 'doubted', 'distrusted']),
  unit: z.enum(['call', 'byte', 'pixel', 'token']),
  price: wei,
  proof_kind: z.enum(['exact', 'attested']),
  /** For how long at most the seller promises to keep what is asked and answered; null where it promises nothing. */
  retention_seconds: z.int().nullable(),
  /** What the viewer's gateway saw of calls lately; null before the first. */
  calls: z.int(),
  success_rate: z.number().nullable(),
  latency_ms: z.object({ p50: z.number(), p95: z.number() }).nullable(),
})

const model = z.object({
  id: z.string(),
  created: z.number(),
  owned_by: address,
  stoa: z.object({
    model_id: wei,
    version: z.int(),
    task: z.enum(['ocr', 'embedding', 'generate', 'chat', 'graph']),
    title: z.string(),
    description: z.string(),
    licence: z.string(),
    source: z.string(),
    languages: z.array(z.string()),
    /** Of chats: what the back end takes besides text, and tokens that prompt and answer may have together. */
    features: z.array(z.string()),
    context: z.int().optional(),
    metrics: z.array(z.object({ name: z.string(), value: z.number(), on: z.string() })),
    /** Of all files of the weights. */
    bytes: z.number(),
    weights: bytes32,
    unit: offer.shape.unit.optional(),
    price: wei.optional(),
    proof_kind: offer.shape.proof_kind.optional(),
    profile: z.string().nullable(),
    proof: z.string(),
    providers: z.int(),
    offers: z.array(offer),
  }),
})

export type Model = z.infer<typeof model>
export type Offer = z.infer<typeof offer>
export type Task = Model['stoa']['task']

/** Milliseconds between two readings of what is on offer: the gateway itself reads the ledger every 15 seconds. */
const REFRESH = 5_000

const list = z.object({ data: z.array(model) })

/** What was read, and what pages look up in it; made once for all who look. */
type Book = { text: string; models: Model[]; names: ReadonlyMap<string, string> }

const book = {
  queryKey: ['models'],
  async queryFn({ client, queryKey, signal }: QueryFunctionContext): Promise<Book> {
    const before = client.getQueryData<Book>(queryKey)
    const answer = await send('/api/gateway/v1/models', { signal })
    const text = await answer.text().catch(() => '')
    // A thousand models are more than a megabyte, which mostly says what it said: reading all of it again would hold the page up.
    if (before?.text === text) return before
    const { data: models } = readAs(list, text, answer.status)
    return { text, models, names: new Map(models.map(({ id, stoa }) => [String(stoa.model_id), id])) }
  },
  refetchInterval: REFRESH,
  structuralSharing: false,
} as const

/** What the viewer's gateway can buy (specs/gateway-http.md, "Models"). */
export const modelsQuery = queryOptions({ ...book, select: ({ models }) => models })

/** Names of these models by their numbers. */
export const modelNamesQuery = queryOptions({ ...book, select: ({ names }) => names })
