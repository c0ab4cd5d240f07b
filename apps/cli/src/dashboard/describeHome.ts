import { DEVELOPMENT_KEYS, LOCAL_CHAIN_ID } from '@stoa/localnet'
import { privateKeyToAddress } from 'viem/accounts'
import packageJson from '../../package.json' with { type: 'json' }
import { type Config, rpcUrlsOf } from '../home/config.ts'

export const PART_NAMES = ['gateway', 'node', 'chain', 'index'] as const
export type PartName = (typeof PART_NAMES)[number]

/** What the dashboard has to know of the home that it shows (specs/dashboard-http.md). Asks no part of it: pages wait for this. */
export function describeHome(config: Config, index: string) {
  const { deployment, token, accounts } = config
  return {
    version: packageJson.version,
    deployment,
    token,
    accounts,
    parts: PART_NAMES.map((name) => ({ name, url: partUrl(config, index, name) })),
    development: isLocal(config) ? development() : null,
  }
}

/** Where a part of the home is. */
export function partUrl(config: Config, index: string, name: PartName): string {
  if (name === 'index') return index
  if (name === 'chain') return rpcUrlsOf(config)[0]
  return `http://127.0.0.1:${config.ports[name]}`
}

/** Everybody knows these keys: they are of use, and harmless, on a chain of this machine alone. */
function development() {
  const [minter, account] = DEVELOPMENT_KEYS.map((key) => ({ address: privateKeyToAddress(key), key }))
  return { minter, account }
}

function isLocal(config: Config): boolean {
  const isNear = (url: string) => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
  return config.deployment.chainId === LOCAL_CHAIN_ID && rpcUrlsOf(config).every(isNear)
}
