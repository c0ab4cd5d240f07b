import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type GetNextSettlerParameters = { deployment: Deployment; provider: Address }

export type GetNextSettlerReturnType = Address

/** Reads who will settle, beside the provider, the offers that it opens from now on: the provider itself where nobody does. */
export async function getNextSettler(
  client: ReadClient,
  parameters: GetNextSettlerParameters,
): Promise<GetNextSettlerReturnType> {
  const { deployment, provider } = parameters
  const query = { address: deployment.escrow, abi: escrowAbi, functionName: 'nextSettlerOf', args: [provider] } as const
  return translated(readContract(client, query))
}
