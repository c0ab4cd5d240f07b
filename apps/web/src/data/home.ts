import { deploymentSchema } from '@stoa/sdk'
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { request } from './request.ts'
import { address, bytes32 } from './schemas.ts'

const part = z.object({ name: z.enum(['gateway', 'node', 'chain', 'index']), url: z.string() })

const developmentAccount = z.object({ address, key: bytes32 })

const homeSchema = z.object({
  version: z.string(),
  deployment: deploymentSchema,
  token: z.object({ symbol: z.string(), decimals: z.int() }),
  accounts: z.object({
    owner: address,
    provider: address,
    payee: address,
    payer: address,
    disputer: address.optional(),
  }),
  parts: z.array(part),
  development: z.object({ minter: developmentAccount, account: developmentAccount }).nullable(),
})

export type Home = z.infer<typeof homeSchema>
export type Part = z.infer<typeof part>

/** Milliseconds between two readings: a home changes seldom, but a page outlives many a `stoa up`. */
const REFRESH = 5_000

/** What is shown here: deployment, accounts, and where every part is. */
export const homeQuery = queryOptions({
  queryKey: ['home'],
  queryFn: ({ signal }) => request('/api/home', homeSchema, { signal }),
  refetchInterval: REFRESH,
})

/** The home; the shell waits for it, so pages have it. */
export function useHome(): Home {
  return useSuspenseQuery(homeQuery).data
}
