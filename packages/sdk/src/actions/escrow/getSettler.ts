import type { Address, Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type GetSettlerParameters = { deployment: Deployment; offerId: Hex }

export type GetSettlerReturnType = Address

/** Reads who settles an offer beside its provider: the provider itself where nobody does, the zero address for an unknown offer. */
export async function getSettler(client: ReadClient, parameters: GetSettlerParameters): Promise<GetSettlerReturnType> {
  const { deployment, offerId } = parameters
  const query = { address: deployment.escrow, abi: escrowAbi, functionName: 'settlerOf', args: [offerId] } as const
  return translated(readContract(client, query))
}
