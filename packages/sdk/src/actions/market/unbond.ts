import { providerRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type UnbondParameters = { deployment: Deployment; amount: bigint }

/** `withdrawableAt`: unix second from which all that is unbonding can be withdrawn. */
export type UnbondReturnType = WriteResult & { withdrawableAt: number }

/** Starts to take `amount` wei out of the provider's stake. What was unbonding before starts again with it. */
export async function unbond(client: WriteClient, parameters: UnbondParameters): Promise<UnbondReturnType> {
  const { deployment, amount } = parameters
  const address = deployment.providerRegistry
  const data = encodeFunctionData({ abi: providerRegistryAbi, functionName: 'unbond', args: [amount] })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const { withdrawableAt } = eventOf(receipt, { address, abi: providerRegistryAbi, eventName: 'UnbondingStarted' })
  return { ...writeResult(receipt), withdrawableAt }
}
