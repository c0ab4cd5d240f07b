import { readFile, rename, writeFile } from 'node:fs/promises'
import { providerRules } from '@stoa/gateway/routing'
import { BaseError } from '@stoa/protocol'
import { deploymentSchema } from '@stoa/sdk'
import { z } from 'zod'
import type { Home } from './home.ts'

const UPSTREAM_PROTOCOLS = ['openai', 'oip'] as const

const address = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)])
const bytes32 = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])
const port = z.int().min(1).max(65_535)

export const upstreamConfigSchema = z.object({
  protocol: z.enum(UPSTREAM_PROTOCOLS),
  url: z.url({ protocol: /^https?$/ }),
  model: z.string().min(1).max(200),
  keyFile: z.string().optional(),
})

const configSchema = z.object({
  stoa: z.literal('home/1'),
  /** Where the ledger is. */
  rpcUrl: z.url({ protocol: /^https?$/ }),
  deployment: deploymentSchema,
  token: z.object({ symbol: z.string().max(20), decimals: z.int().min(0).max(36) }),
  /** Accounts, whose keys services never load. */
  accounts: z.object({
    owner: address,
    provider: address,
    payee: address,
    payer: address,
    disputer: address.optional(),
  }),
  /** `full` survives a power cut, for a disk flush before each answer leaves; `normal` survives being killed. */
  durability: z.enum(['normal', 'full']).default('normal'),
  /** Share of exact answers that the gateway computes again; undefined: its default. */
  rerunShare: z.number().min(0).max(1).optional(),
  /** How the gateway buys; what is left out is its default. `maxPrice`: wei a call, null for no ceiling. `routing`: rules as in specs/routing.md. */
  buying: z
    .object({
      requireKey: z.boolean().optional(),
      alertUrl: z.url({ protocol: /^https?$/ }).optional(),
      maxPrice: z.string().regex(/^\d+$/).nullish(),
      routing: providerRules.optional(),
    })
    .optional(),
  /** When the gateway disputes; what is left out is its default. `leastReward` is in wei, `interval` in milliseconds. */
  disputes: z
    .object({
      mostBonds: z.int().min(0).optional(),
      leastReward: z.string().regex(/^\d+$/).optional(),
      interval: z.int().min(10).optional(),
    })
    .optional(),
  /** `web` is that of the dashboard; undefined where none is served. Without `index` the gateway reads the chain itself. */
  ports: z.object({ chain: port, node: port, gateway: port, index: port.optional(), web: port.optional() }),
  /** Offers that this home's node serves. */
  offers: z.array(
    z.object({
      offerId: bytes32,
      model: z.string(),
      /** The server that answers in place of the model's files; `keyFile` holds its key. */
      upstream: upstreamConfigSchema.optional(),
    }),
  ),
})

/** What a home remembers besides keys and stores. */
export type Config = z.infer<typeof configSchema>

/** A server that answers in place of a model's files. */
export type UpstreamConfig = z.infer<typeof upstreamConfigSchema>

/** A home whose configuration cannot be read. */
export class InvalidConfigError extends BaseError {
  override name = 'InvalidConfigError'
  constructor(file: string, why: string) {
    super(`${file} is not a valid configuration.`, {
      code: 'INVALID_CONFIG',
      details: why,
      hint: 'Correct the file, or move its folder away and run "stoa up" to begin anew.',
    })
  }
}

/** The configuration, or undefined where there is none yet. Throws `InvalidConfigError`. */
export async function readConfig(home: Home): Promise<Config | undefined> {
  const text = await readFile(home.config, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new InvalidConfigError(home.config, error.message)
  })
  if (text === undefined) return undefined
  const result = configSchema.safeParse(parseJson(text))
  if (!result.success) throw new InvalidConfigError(home.config, z.prettifyError(result.error))
  return result.data
}

/** Replaces the configuration in one step, so that no crash leaves half of it. */
export async function writeConfig(home: Home, config: Config): Promise<void> {
  const draft = `${home.config}.${process.pid}.tmp`
  await writeFile(draft, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, home.config)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
