import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type IsSettlerParameters = { deployment: Deployment; provider: Address; settler: Address }

export type IsSettlerReturnType = boolean

/** Whether an account may settle for a provider: it is the provider, or was named by it. */
export async function isSettler(client: ReadClient, parameters: IsSettlerParameters): Promise<IsSettlerReturnType> {
  const { deployment, provider, settler } = parameters
  const query = {
    address: deployment.escrow,
    abi: escrowAbi,
    functionName: 'isSettler',
    args: [provider, settler],
  } as const
  return translated(readContract(client, query))
}
