import type { Address } from '@stoa/protocol'
import { erc20Abi } from '@stoa/protocol/abi'
import { getBalance, readContract } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import type { Deployment } from '../deployment.ts'
import { translated } from '../errors/translateError.ts'

export type GetBalancesParameters = { deployment: Deployment; account: Address }

/** `native`: wei of the chain's own coin, which pays gas. `token`: wei of the deployment's token. */
export type GetBalancesReturnType = { native: bigint; token: bigint }

/** Reads what an account holds outside the contracts. */
export async function getBalances(
  client: ReadClient,
  parameters: GetBalancesParameters,
): Promise<GetBalancesReturnType> {
  const { deployment, account } = parameters
  const query = { address: deployment.token, abi: erc20Abi, functionName: 'balanceOf', args: [account] } as const
  const [native, token] = await translated(
    Promise.all([getBalance(client, { address: account }), readContract(client, query)]),
  )
  return { native, token }
}
