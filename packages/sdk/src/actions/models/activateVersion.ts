import { modelRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type ActivateVersionParameters = { deployment: Deployment; modelId: bigint; version: number }

export type ActivateVersionReturnType = WriteResult

/** Makes a version of a model the active one, forward or back. Owner only. */
export async function activateVersion(
  client: WriteClient,
  parameters: ActivateVersionParameters,
): Promise<ActivateVersionReturnType> {
  const { deployment, modelId, version } = parameters
  const data = encodeFunctionData({ abi: modelRegistryAbi, functionName: 'activate', args: [modelId, version] })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.modelRegistry, data }))
}
