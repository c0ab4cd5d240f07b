import type { Hex } from '@stoa/protocol'
import { modelRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type PublishVersionParameters = { deployment: Deployment; modelId: bigint; card: Hex; weights: Hex }

export type PublishVersionReturnType = WriteResult & { version: number }

/** Appends a version to a model. It is not active until `activateVersion`. Owner only. */
export async function publishVersion(
  client: WriteClient,
  parameters: PublishVersionParameters,
): Promise<PublishVersionReturnType> {
  const { deployment, modelId, card, weights } = parameters
  const address = deployment.modelRegistry
  const data = encodeFunctionData({
    abi: modelRegistryAbi,
    functionName: 'publishVersion',
    args: [modelId, card, weights],
  })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const { version } = eventOf(receipt, { address, abi: modelRegistryAbi, eventName: 'VersionPublished' })
  return { ...writeResult(receipt), version }
}
