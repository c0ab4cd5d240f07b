import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { request } from './request.ts'
import { address, wei } from './schemas.ts'

const statusSchema = z.object({
  payer: address,
  key: address,
  signatures: z.enum(['native', 'wasm', 'javascript']),
  available: wei,
  models: z.int(),
  offers: z.int(),
  marketReadAt: z.number().optional(),
  providers: z.array(
    z.object({ provider: address, health: z.object({ state: z.string(), until: z.number(), reason: z.string() }) }),
  ),
  lanes: z.object({ free: z.int(), inFlight: z.int(), doubt: z.int(), retired: z.int() }),
  evidence: z.int(),
  reruns: z.object({ same: z.int(), different: z.int(), failed: z.int() }),
  problems: z.array(z.string()),
})

/** How the gateway stands (specs/gateway-http.md, `GET /v1/status`). */
export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => request('/api/gateway/v1/status', statusSchema, { signal }),
  refetchInterval: 5_000,
})
