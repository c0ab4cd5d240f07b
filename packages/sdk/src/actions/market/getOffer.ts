import type { Hex, Offer } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { fromOfferStruct } from './offerStruct.ts'

export type GetOfferParameters = { deployment: Deployment; offerId: Hex }

export type GetOfferReturnType = Offer

/** Reads an offer's terms. Throws `ContractRevertError` (`UnknownOffer`) unless it exists. */
export async function getOffer(client: ReadClient, parameters: GetOfferParameters): Promise<GetOfferReturnType> {
  const { deployment, offerId } = parameters
  const query = {
    address: deployment.providerRegistry,
    abi: providerRegistryAbi,
    functionName: 'getOffer',
    args: [offerId],
  } as const
  return fromOfferStruct(await translated(readContract(client, query)))
}
