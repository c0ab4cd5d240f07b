import { deploymentSchema } from '@stoa/sdk'
import { z } from 'zod'

/** What the index's process is told. */
export const settingsSchema = z.object({
  rpcUrl: z.url({ protocol: /^https?$/ }),
  deployment: deploymentSchema,
  /** First block that may hold an event. */
  fromBlock: z.int().nonnegative(),
  /** Milliseconds between looks at the chain's head. */
  pollingInterval: z.int().min(100),
  database: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('pglite'), folder: z.string() }),
    z.object({ kind: z.literal('postgres'), url: z.string() }),
  ]),
})
export type IndexSettings = z.output<typeof settingsSchema>

/** Environment variable by which the process is told, as JSON. */
export const SETTINGS_VARIABLE = 'STOA_INDEX'
