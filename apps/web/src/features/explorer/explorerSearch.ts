import { z } from 'zod'

/** Groups of events, by the contract that they come from. */
export const CONTRACTS = {
  '': 'All events',
  escrow: 'Payments',
  revenueSink: 'Earnings',
  providerRegistry: 'Providers and offers',
  modelRegistry: 'Models',
  arbiter: 'Disputes',
  token: 'Transfers of the token',
} as const

export const explorerSearch = z.object({
  contract: z
    .enum(['escrow', 'revenueSink', 'providerRegistry', 'modelRegistry', 'arbiter', 'token'])
    .optional()
    .catch(undefined),
  /** What was looked up and is not one thing. A number alone comes out of an address as one. */
  q: z
    .union([z.string(), z.number()])
    .transform((q) => `${q}`.slice(0, 200))
    .optional()
    .catch(undefined),
})

export type ExplorerSearch = z.infer<typeof explorerSearch>
