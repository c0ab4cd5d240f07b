import type { Address } from '@stoa/protocol'
import { type Deployment, getAccount, getBalances, getEscrowTerms } from '@stoa/sdk'
import { queryOptions } from '@tanstack/react-query'
import { getBlock } from 'viem/actions'
import { chainClient } from './chain.ts'

const REFRESH = 4_000

/** A payer's deposit as the ledger has it now, and the chain's clock: what it allows depends on that one. */
export function accountQuery(deployment: Deployment, payer: Address) {
  return queryOptions({
    queryKey: ['ledger', 'account', payer.toLowerCase()],
    async queryFn() {
      const client = chainClient(deployment.chainId)
      const [account, { timestamp }] = await Promise.all([getAccount(client, { deployment, payer }), getBlock(client)])
      return { ...account, chainTime: Number(timestamp) }
    },
    refetchInterval: REFRESH,
  })
}

/** What an account holds outside the contracts. */
export function balancesQuery(deployment: Deployment, account: Address) {
  return queryOptions({
    queryKey: ['ledger', 'balances', account.toLowerCase()],
    queryFn: () => getBalances(chainClient(deployment.chainId), { deployment, account }),
    refetchInterval: REFRESH,
  })
}

/** The escrow's times; they never change. */
export function escrowTermsQuery(deployment: Deployment) {
  return queryOptions({
    queryKey: ['ledger', 'terms', deployment.escrow],
    queryFn: () => getEscrowTerms(chainClient(deployment.chainId), { deployment }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}
