import { readFile, rename, writeFile } from 'node:fs/promises'
import { providerRules } from '@stoa/gateway/routing'
import { BaseError, readOutsideJson } from '@stoa/protocol'
import { deploymentSchema } from '@stoa/sdk'
import { z } from 'zod'
import type { Home } from './home.ts'

const UPSTREAM_PROTOCOLS = ['openai', 'oip'] as const

const address = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)])
const bytes32 = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])
const rpcEndpoint = z.url({ protocol: /^https?$/ })
const amount = z.string().regex(/^\d+$/)
const port = z.int().min(1).max(65_535)

export const upstreamConfigSchema = z.object({
  protocol: z.enum(UPSTREAM_PROTOCOLS),
  url: z.url({ protocol: /^https?$/ }),
  model: z.string().min(1).max(200),
  keyFile: z.string().optional(),
})

const configSchema = z.object({
  stoa: z.literal('home/1'),
  /** Where the ledger is: the RPC endpoint of its chain, or several of them, the preferred first. */
  rpcUrl: z.union([rpcEndpoint, z.array(rpcEndpoint).min(1)]),
  /** Block from which the contracts are on the chain. 0 where it is not known. */
  fromBlock: z.int().min(0).optional(),
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
  /** How the node settles; what is left out is its default. Wei, seconds and blocks (docs/deploy.md). */
  settlement: z
    .object({
      thresholdWei: amount.optional(),
      intervalSeconds: z.int().min(1).optional(),
      finalityBlocks: z.int().min(1).optional(),
      coinPriceWei: amount.optional(),
      mostFeePerGasWei: amount.optional(),
    })
    .optional(),
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
  /** Seconds for which the node keeps settled answers; undefined: its default. */
  keepAnswersSeconds: z.int().min(0).optional(),
  /** PEM files with which the node speaks TLS; without them it speaks HTTP, on loopback or behind something that speaks TLS. */
  tls: z.object({ certFile: z.string(), keyFile: z.string() }).optional(),
  /** Whether the gateway seals its calls to sellers' keys on the ledger (specs/sealed.md). */
  seal: z.boolean().optional(),
  /** Whether a node ran from this home: from then on a store that is missing was lost. */
  served: z.boolean().optional(),
  /** Whether the stores came from a backup: offers are replaced before they are served again (specs/recovery.md). */
  restored: z.boolean().optional(),
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

/** The RPC endpoints of a home, the preferred first. */
export function rpcUrlsOf({ rpcUrl }: Pick<Config, 'rpcUrl'>): readonly [string, ...string[]] {
  const [first, ...others] = [rpcUrl].flat()
  if (first === undefined) throw new RangeError('a home has an RPC endpoint')
  return [first, ...others]
}

/** The configuration, or undefined where there is none yet. Throws `InvalidConfigError`. */
export async function readConfig(home: Home): Promise<Config | undefined> {
  const text = await readFile(home.config, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new InvalidConfigError(home.config, error.message)
  })
  if (text === undefined) return undefined
  const result = readOutsideJson(configSchema, text, 'The file')
  if (!result.success) throw new InvalidConfigError(home.config, result.words)
  return result.data
}

/** Replaces the configuration in one step, so that no crash leaves half of it. */
export async function writeConfig(home: Home, config: Config): Promise<void> {
  const draft = `${home.config}.${process.pid}.tmp`
  await writeFile(draft, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, home.config)
}
