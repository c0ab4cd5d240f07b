import type { Address, Hex } from '@stoa/protocol'
import { queryOptions } from '@tanstack/react-query'
import { estimateGas, getGasPrice } from 'viem/actions'
import { chainClient } from '../../data/chain.ts'

/** What a transaction would take now: gas by rehearsal, and wei of the chain's coin at the present price. Signs and sends nothing. */
export function gasQuery(chainId: number, account: Address, call: { to: Address; data: Hex }) {
  return queryOptions({
    queryKey: ['ledger', 'gas', account, call.to, call.data],
    async queryFn() {
      const client = chainClient(chainId)
      const [gas, price] = await Promise.all([estimateGas(client, { account, ...call }), getGasPrice(client)])
      return { gas, wei: gas * price }
    },
    staleTime: 60_000,
    retry: false,
  })
}
