import type { Address, Hex } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { zeroAddress } from 'viem'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type GetProviderParameters = { deployment: Deployment; provider: Address }

export type Provider = {
  /** Base URL of the node. */
  endpoint: string
  /** X25519 public key (RFC 7748) of the endpoint. */
  endpointKey: Hex
  /** Current key that signs receipts. */
  signer: Address
  /** Slashable wei that is not on its way out. */
  stake: bigint
  /** Slashable wei on its way out. */
  unbonding: bigint
  /** Unix second from which `unbonding` can be withdrawn; 0 when there is none. */
  withdrawableAt: number
}

export type GetProviderReturnType = Provider | undefined

/** Reads a provider; undefined for an account that never registered. */
export async function getProvider(
  client: ReadClient,
  parameters: GetProviderParameters,
): Promise<GetProviderReturnType> {
  const { deployment, provider: account } = parameters
  const query = {
    address: deployment.providerRegistry,
    abi: providerRegistryAbi,
    functionName: 'getProvider',
    args: [account],
  } as const
  const provider = await translated(readContract(client, query))
  return provider.signer === zeroAddress ? undefined : provider
}
