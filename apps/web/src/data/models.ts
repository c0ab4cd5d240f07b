import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { request } from './request.ts'
import { address, bytes32, wei } from './schemas.ts'

const offer = z.object({
  offer_id: bytes32,
  provider: address,
  state: z.enum(['healthy', 'resting', 'doubted', 'distrusted']),
  unit: z.enum(['call', 'byte', 'pixel', 'token']),
  price: wei,
  proof_kind: z.enum(['exact', 'attested']),
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

/** What the viewer's gateway can buy (specs/gateway-http.md, "Models"). */
export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => request('/api/gateway/v1/models', z.object({ data: z.array(model) }), { signal }),
  select: ({ data }) => data,
  refetchInterval: REFRESH,
})
