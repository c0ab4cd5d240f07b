import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import type { Part } from './home.ts'
import { request } from './request.ts'

const look = z.object({ ok: z.boolean(), detail: z.string(), ms: z.number() })

/** Milliseconds between two looks at a part. */
const REFRESH = 5_000

/** How one part of the home is; of each its own query, so that one that hangs keeps nobody waiting for the others. */
export function healthQuery(name: Part['name']) {
  return queryOptions({
    queryKey: ['health', name],
    queryFn: ({ signal }) => request(`/api/home/parts/${name}`, look, { signal }),
    refetchInterval: REFRESH,
    retry: false,
  })
}
