import type { Hex, Offer } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'
import { toOfferStruct } from './offerStruct.ts'

export type CreateOfferParameters = { deployment: Deployment; offer: Offer }

export type CreateOfferReturnType = WriteResult & { offerId: Hex }

/** Makes an offer. `offer.provider` must be the client's account, registered and with a stake that covers `slashCap`. */
export async function createOffer(
  client: WriteClient,
  parameters: CreateOfferParameters,
): Promise<CreateOfferReturnType> {
  const { deployment, offer } = parameters
  const address = deployment.providerRegistry
  const data = encodeFunctionData({
    abi: providerRegistryAbi,
    functionName: 'createOffer',
    args: [toOfferStruct(offer)],
  })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const { offerId } = eventOf(receipt, { address, abi: providerRegistryAbi, eventName: 'OfferCreated' })
  return { ...writeResult(receipt), offerId }
}
