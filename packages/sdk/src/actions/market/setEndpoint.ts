import type { Hex } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type SetEndpointParameters = { deployment: Deployment; endpoint: string; endpointKey: Hex }

export type SetEndpointReturnType = WriteResult

/** Changes the provider's base URL and its X25519 public key. */
export async function setEndpoint(
  client: WriteClient,
  parameters: SetEndpointParameters,
): Promise<SetEndpointReturnType> {
  const { deployment, endpoint, endpointKey } = parameters
  const data = encodeFunctionData({
    abi: providerRegistryAbi,
    functionName: 'setEndpoint',
    args: [endpoint, endpointKey],
  })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.providerRegistry, data }))
}
