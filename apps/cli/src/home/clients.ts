import { createPublicClient, createWalletClient, defineChain, type Hex, http, nonceManager, publicActions } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Config } from './config.ts'
import type { Home } from './home.ts'
import { type Role, roleKey } from './keys.ts'

/** What a client needs to know of the ledger. */
export type Ledger = Pick<Config, 'rpcUrl'> & { deployment: { chainId: number } }

const chainOf = ({ rpcUrl, deployment: { chainId } }: Ledger) =>
  defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })

/** Reads the ledger. */
export function readClient(ledger: Ledger) {
  return createPublicClient({ chain: chainOf(ledger), transport: http(ledger.rpcUrl), pollingInterval: 100 })
}

/** Reads the ledger and signs with `key`; nonces are managed, so calls may overlap. */
export function writeClient(ledger: Ledger, key: Hex) {
  const account = privateKeyToAccount(key, { nonceManager })
  const transport = http(ledger.rpcUrl)
  return createWalletClient({ account, chain: chainOf(ledger), transport, pollingInterval: 100 }).extend(publicActions)
}

/** Signs as one of the home's roles. */
export async function roleClient(home: Home, ledger: Ledger, role: Role) {
  return writeClient(ledger, await roleKey(home, role))
}

export type WriteClient = ReturnType<typeof writeClient>
