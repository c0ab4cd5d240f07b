import type { Hex } from '@stoa/protocol'
import { createChainClient } from '@stoa/sdk'
import { nonceManager, privateKeyToAccount } from 'viem/accounts'
import type { Home } from './home.ts'
import { type Role, roleKey } from './keys.ts'

/** What a client needs to know of the ledger. */
export type Ledger = { rpcUrl: string | readonly string[]; deployment: { chainId: number } }

const POLLING_INTERVAL = 100

/** Reads the ledger. */
export function readClient({ rpcUrl, deployment: { chainId } }: Ledger) {
  return createChainClient({ rpcUrl, chainId, pollingInterval: POLLING_INTERVAL })
}

/** Reads the ledger and signs with `key`; nonces are managed, so calls may overlap. */
export function writeClient({ rpcUrl, deployment: { chainId } }: Ledger, key: Hex) {
  const account = privateKeyToAccount(key, { nonceManager })
  return createChainClient({ rpcUrl, chainId, account, pollingInterval: POLLING_INTERVAL })
}

/** Signs as one of the home's roles. */
export async function roleClient(home: Home, ledger: Ledger, role: Role) {
  return writeClient(ledger, await roleKey(home, role))
}

export type WriteClient = ReturnType<typeof writeClient>
