import type { Address, Hex } from '@stoa/protocol'
import { revenueSinkAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventsOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type CollectRevenueParameters = { deployment: Deployment; offerId: Hex }

/** `amount`: wei collected, 0 when there was nothing. `credited`: whose it became. */
export type CollectRevenueReturnType = WriteResult & {
  amount: bigint
  credited: { account: Address; amount: bigint }[]
}

/** Collects an offer's revenue into the sink and credits the payee and the model's owner. Anyone may. */
export async function collectRevenue(
  client: WriteClient,
  parameters: CollectRevenueParameters,
): Promise<CollectRevenueReturnType> {
  const { deployment, offerId } = parameters
  const address = deployment.revenueSink
  const data = encodeFunctionData({ abi: revenueSinkAbi, functionName: 'collect', args: [offerId] })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const [collected] = eventsOf(receipt, { address, abi: revenueSinkAbi, eventName: 'RevenueCollected' })
  const credits = eventsOf(receipt, { address, abi: revenueSinkAbi, eventName: 'RevenueCredited' })
  const credited = credits.map(({ account, amount }) => ({ account, amount }))
  return { ...writeResult(receipt), amount: collected?.amount ?? 0n, credited }
}
