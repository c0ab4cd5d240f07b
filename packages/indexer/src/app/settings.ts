import { z } from 'zod'

const address = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)])

export const deploymentSchema = z.object({
  chainId: z.int().positive(),
  token: address,
  modelRegistry: address,
  providerRegistry: address,
  escrow: address,
  revenueSink: address,
  arbiter: address.optional(),
  smallModels: address.optional(),
})

/** Where Stoa lives: one chain, and the contracts that are indexed. */
export type IndexedDeployment = z.output<typeof deploymentSchema>

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
