import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { request } from './request.ts'
import { wei } from './schemas.ts'

/** A caller's key as the gateway describes it (specs/keys.md); the key itself is in no description. */
const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Its first characters. */
  start: z.string(),
  created_at: z.number(),
  revoked_at: z.number().nullable(),
  per_call: wei.nullable(),
  per_day: wei.nullable(),
  total: wei.nullable(),
  spent_today: wei,
  spent_total: wei,
  held: wei,
})

export type CallerKey = z.infer<typeof keySchema>

/** Wei; what is undefined has no bound. */
export type Budgets = { perCall: bigint | undefined; perDay: bigint | undefined; total: bigint | undefined }

const REFRESH = 5_000

/** The keys of the gateway's callers, revoked ones too, and what each has spent. */
export const keysQuery = queryOptions({
  queryKey: ['gateway', 'keys'],
  queryFn: ({ signal }) => request('/api/gateway/v1/keys', z.object({ data: z.array(keySchema) }), { signal }),
  select: ({ data }) => data,
  refetchInterval: REFRESH,
})

/** Makes a key; its secret, which is told this once. */
export async function makeKey(name: string, { perCall, perDay, total }: Budgets): Promise<string> {
  const text = (amount: bigint | undefined) => (amount === undefined ? null : String(amount))
  const body = { name, per_call: text(perCall), per_day: text(perDay), total: text(total) }
  return (await request('/api/gateway/v1/keys', z.object({ key: z.string() }), { body })).key
}

/** From its next call on the key is refused. */
export async function revokeKey(id: string): Promise<void> {
  await request(`/api/gateway/v1/keys/${encodeURIComponent(id)}`, keySchema, { method: 'DELETE' })
}
