import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type GetKeyValidUntilParameters = { deployment: Deployment; payer: Address; key: Address }

export type GetKeyValidUntilReturnType = number

/** Unix second until which a key's vouchers are honoured: 0 if never, 2^40 - 1 while it is registered. */
export async function getKeyValidUntil(
  client: ReadClient,
  parameters: GetKeyValidUntilParameters,
): Promise<GetKeyValidUntilReturnType> {
  const { deployment, payer, key } = parameters
  const query = {
    address: deployment.escrow,
    abi: escrowAbi,
    functionName: 'keyValidUntil',
    args: [payer, key],
  } as const
  return translated(readContract(client, query))
}
