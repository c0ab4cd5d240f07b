import { infiniteQueryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { request } from './request.ts'
import { address, bytes32, wei } from './schemas.ts'

const dispute = z.object({ state: z.string(), words: z.string(), game: z.string().nullable() })

/** A receipt as the gateway shows it (specs/gateway-http.md, "What was paid"). */
export const receiptSchema = z.object({
  digest: bytes32,
  model: z.string(),
  provider: address,
  proof_kind: z.enum(['exact', 'attested']),
  offer_id: bytes32,
  payer: address,
  lane: wei,
  voucher_cumulative: wei,
  weights_digest: bytes32,
  request_digest: bytes32,
  response_digest: bytes32,
  units: wei,
  charge: wei,
  charged_cumulative: wei,
  requested_at: z.int(),
  answered_at: z.int(),
  signature: z.string(),
  header: z.string(),
  voucher: z.string(),
  /** What became of the answer since; a receipt that comes with its answer has neither. */
  rerun: z.string().nullish(),
  dispute: dispute.nullish(),
})

const page = z.object({ data: z.array(receiptSchema), has_more: z.boolean(), next: bytes32.nullable() })

export type Receipt = z.infer<typeof receiptSchema>
export type ReceiptPage = z.infer<typeof page>

/** Which receipts; without either, all. */
export type ReceiptFilter = { model?: string | undefined; provider?: string | undefined }

/** One page of the gateway's receipts, newest first. */
export function readReceipts(
  { model, provider }: ReceiptFilter,
  { after, limit, signal }: { after?: string | undefined; limit: number; signal?: AbortSignal },
): Promise<ReceiptPage> {
  const query = new URLSearchParams({ limit: String(limit) })
  for (const [name, value] of Object.entries({ model, provider, after })) if (value) query.set(name, value)
  return request(`/api/gateway/v1/receipts?${query}`, page, { signal })
}

const PAGE = 100
const REFRESH = 10_000

/** The gateway's receipts, page by page. */
export function receiptsQuery(filter: ReceiptFilter) {
  return infiniteQueryOptions({
    queryKey: ['gateway', 'receipts', filter],
    queryFn: ({ pageParam, signal }) => readReceipts(filter, { after: pageParam, limit: PAGE, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    // All pages are read again at once: only while there is one does it stay cheap. Further down, nothing new can come anyway.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : REFRESH),
  })
}
