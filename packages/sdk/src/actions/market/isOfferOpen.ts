import type { Hex } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'

export type IsOfferOpenParameters = { deployment: Deployment; offerId: Hex }

export type IsOfferOpenReturnType = boolean

/** Whether an offer can be bought now: it exists, was not closed, and the provider's stake still covers its slash cap. */
export async function isOfferOpen(
  client: ReadClient,
  parameters: IsOfferOpenParameters,
): Promise<IsOfferOpenReturnType> {
  const { deployment, offerId } = parameters
  const query = {
    address: deployment.providerRegistry,
    abi: providerRegistryAbi,
    functionName: 'isOpen',
    args: [offerId],
  } as const
  return translated(readContract(client, query))
}
