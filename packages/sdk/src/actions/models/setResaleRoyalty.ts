import type { Address } from '@stoa/protocol'
import { modelRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type SetResaleRoyaltyParameters = { deployment: Deployment; modelId: bigint; receiver: Address; feeBps: number }

export type SetResaleRoyaltyReturnType = WriteResult

/** Sets the ERC-2981 royalty on resales of the model, basis points, at most 5,000. Owner only. */
export async function setResaleRoyalty(
  client: WriteClient,
  parameters: SetResaleRoyaltyParameters,
): Promise<SetResaleRoyaltyReturnType> {
  const { deployment, modelId, receiver, feeBps } = parameters
  const data = encodeFunctionData({
    abi: modelRegistryAbi,
    functionName: 'setResaleRoyalty',
    args: [modelId, receiver, BigInt(feeBps)],
  })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.modelRegistry, data }))
}
