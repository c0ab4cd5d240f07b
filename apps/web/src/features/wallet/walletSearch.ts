import { z } from 'zod'

/** Days of spending that can be chosen, and those that are without a choice. */
export const PERIODS = [7, 30, 90] as const
export const DEFAULT_DAYS = 30

/** What of the wallet is shown; all of it is in the address. */
export const walletSearch = z.object({
  /** Whose deposit; the gateway's unless it says otherwise. */
  account: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/)
    .optional()
    .catch(undefined),
  /** Days of spending. */
  days: z.literal(PERIODS).optional().catch(undefined),
  /** Which receipts. */
  model: z.string().max(200).optional().catch(undefined),
  provider: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/)
    .optional()
    .catch(undefined),
  /** The receipt that is open. */
  receipt: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .optional()
    .catch(undefined),
})

export type WalletSearch = z.infer<typeof walletSearch>
