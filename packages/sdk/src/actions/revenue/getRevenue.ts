import type { Address, Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type GetRevenueParameters = { deployment: Deployment; offerId: Hex }

/** `sink`: where the offer's revenue is split. `amount`: wei settled and not yet collected. */
export type GetRevenueReturnType = { sink: Address; amount: bigint }

/** Reads what an offer earned and its sink has not collected; zeros for an offer unknown to the escrow. */
export async function getRevenue(client: ReadClient, parameters: GetRevenueParameters): Promise<GetRevenueReturnType> {
  const { deployment, offerId } = parameters
  const query = { address: deployment.escrow, abi: escrowAbi, functionName: 'revenueOf', args: [offerId] } as const
  const [sink, amount] = await translated(readContract(client, query))
  return { sink, amount }
}
