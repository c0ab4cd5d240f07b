import type { Address } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type IsSignerOfParameters = { deployment: Deployment; provider: Address; signer: Address }

export type IsSignerOfReturnType = boolean

/** Whether `signer` is, or ever was, the provider's receipt key. */
export async function isSignerOf(client: ReadClient, parameters: IsSignerOfParameters): Promise<IsSignerOfReturnType> {
  const { deployment, provider, signer } = parameters
  const query = {
    address: deployment.providerRegistry,
    abi: providerRegistryAbi,
    functionName: 'isSignerOf',
    args: [provider, signer],
  } as const
  return translated(readContract(client, query))
}
