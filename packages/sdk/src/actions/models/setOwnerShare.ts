import { modelRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type SetOwnerShareParameters = { deployment: Deployment; modelId: bigint; ownerSharePpm: number }

export type SetOwnerShareReturnType = WriteResult

/** Sets the owner's share, parts per million, for offers made from now on; existing offers keep theirs. Owner only. */
export async function setOwnerShare(
  client: WriteClient,
  parameters: SetOwnerShareParameters,
): Promise<SetOwnerShareReturnType> {
  const { deployment, modelId, ownerSharePpm } = parameters
  const data = encodeFunctionData({
    abi: modelRegistryAbi,
    functionName: 'setOwnerShare',
    args: [modelId, ownerSharePpm],
  })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.modelRegistry, data }))
}
