import type { Address } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type WithdrawStakeParameters = {
  deployment: Deployment
  /** Who receives it; the client's account. */
  to?: Address
}

export type WithdrawStakeReturnType = WriteResult & { amount: bigint }

/** Takes out stake whose unbonding is over. */
export async function withdrawStake(
  client: WriteClient,
  parameters: WithdrawStakeParameters,
): Promise<WithdrawStakeReturnType> {
  const { deployment, to = client.account.address } = parameters
  const address = deployment.providerRegistry
  const data = encodeFunctionData({ abi: providerRegistryAbi, functionName: 'withdrawStake', args: [to] })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const { amount } = eventOf(receipt, { address, abi: providerRegistryAbi, eventName: 'StakeWithdrawn' })
  return { ...writeResult(receipt), amount }
}
