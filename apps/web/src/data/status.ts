import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { request } from './request.ts'
import { address, wei } from './schemas.ts'

// Members of /v1/status may change between releases (specs/gateway-http.md): what is not there is not shown.
const status = z.object({
  payer: address,
  key: address,
  account: z
    .object({
      balance: wei,
      withdrawalAmount: wei,
      /** Unix second until which the session key's vouchers are honoured. */
      keyValidUntil: z.number(),
    })
    .optional(),
  available: wei,
  bounds: z.object({
    maxPricePerCall: wei.nullable(),
    inFlight: z.int(),
    rerunShare: z.number(),
    mostBonds: z.int().nullable(),
    leastReward: wei.nullable(),
  }),
  disputes: z.object({ account: address, token: wei.optional() }).optional(),
  signatures: z.enum(['native', 'wasm', 'javascript']),
  models: z.int(),
  offers: z.int(),
  /** Milliseconds since 1970. */
  marketReadAt: z.number().optional(),
  /** Those that are not healthy. */
  providers: z.array(
    z.object({ provider: address, health: z.object({ state: z.string(), until: z.number(), reason: z.string() }) }),
  ),
  lanes: z.object({ inFlight: z.int(), doubt: z.int() }),
  reruns: z.object({ same: z.int(), different: z.int(), failed: z.int() }),
  problems: z.array(z.string()),
})

export type GatewayStatus = z.infer<typeof status>

const REFRESH = 4_000

/** How the viewer's gateway stands: its deposit as it counts it, and the bounds that it keeps to. */
export const statusQuery = queryOptions({
  queryKey: ['gateway', 'status'],
  queryFn: ({ signal }) => request('/api/gateway/v1/status', status, { signal }),
  refetchInterval: REFRESH,
})
