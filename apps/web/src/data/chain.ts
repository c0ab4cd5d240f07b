import { type CreateChainClientReturnType, createChainClient } from '@stoa/sdk'
import { useMemo } from 'react'
import type { Account } from 'viem'
import { useHome } from './home.ts'

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

/** A client that reads the home's chain. */
export function useChain() {
  const { chainId } = useHome().deployment
  return useMemo(() => chainClient(chainId), [chainId])
}
