import type { Address } from '@stoa/protocol'
import { type Deployment, getProvider } from '@stoa/sdk'
import { queryOptions } from '@tanstack/react-query'
import { chainClient } from '../../data/chain.ts'

const REFRESH = 4_000

/** A provider's stake on the ledger, in wei. */
export function stakeQuery(deployment: Deployment, provider: Address) {
  return queryOptions({
    queryKey: ['ledger', 'provider', provider.toLowerCase()],
    async queryFn() {
      const known = await getProvider(chainClient(deployment.chainId), { deployment, provider })
      return { stake: known?.stake ?? 0n }
    },
    refetchInterval: REFRESH,
  })
}
