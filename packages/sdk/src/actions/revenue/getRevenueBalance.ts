import type { Address } from '@stoa/protocol'
import { revenueSinkAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type GetRevenueBalanceParameters = { deployment: Deployment; account: Address }

export type GetRevenueBalanceReturnType = bigint

/** Reads the wei of revenue that an account can withdraw now. */
export async function getRevenueBalance(
  client: ReadClient,
  parameters: GetRevenueBalanceParameters,
): Promise<GetRevenueBalanceReturnType> {
  const { deployment, account } = parameters
  const query = {
    address: deployment.revenueSink,
    abi: revenueSinkAbi,
    functionName: 'balanceOf',
    args: [account],
  } as const
  return translated(readContract(client, query))
}
