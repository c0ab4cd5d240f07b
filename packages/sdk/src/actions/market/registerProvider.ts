import type { Address, Hex } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type RegisterProviderParameters = { deployment: Deployment; endpoint: string; endpointKey: Hex; signer: Address }

export type RegisterProviderReturnType = WriteResult

/**
 * Registers the client's account as a provider: base URL of its node, X25519 public key of that endpoint, address of the key that signs
 * receipts.
 */
export async function registerProvider(
  client: WriteClient,
  parameters: RegisterProviderParameters,
): Promise<RegisterProviderReturnType> {
  const { deployment, endpoint, endpointKey, signer } = parameters
  const data = encodeFunctionData({
    abi: providerRegistryAbi,
    functionName: 'register',
    args: [endpoint, endpointKey, signer],
  })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.providerRegistry, data }))
}
