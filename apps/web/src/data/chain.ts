import { type CreateChainClientReturnType, createChainClient } from '@stoa/sdk'
import type { Account } from 'viem'

/** Milliseconds between looks for a transaction that was not mined at once. */
const POLLING = 500

/** A client of the home's chain, by way of the dashboard's own origin. */
export function chainClient<account extends Account | undefined = undefined>(
  chainId: number,
  account?: account,
): CreateChainClientReturnType<account> {
  const rpcUrl = `${location.origin}/api/chain`
  return createChainClient({ rpcUrl, chainId, pollingInterval: POLLING, ...(account && { account }) })
}
