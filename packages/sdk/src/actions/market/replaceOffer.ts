import type { Hex, Offer } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'
import { toOfferStruct } from './offerStruct.ts'

export type ReplaceOfferParameters = { deployment: Deployment; offerId: Hex; offer: Offer }

/** `offerId` is the new offer's. */
export type ReplaceOfferReturnType = WriteResult & { offerId: Hex }

/** Closes an offer and makes another in one step. */
export async function replaceOffer(
  client: WriteClient,
  parameters: ReplaceOfferParameters,
): Promise<ReplaceOfferReturnType> {
  const { deployment, offerId, offer } = parameters
  const address = deployment.providerRegistry
  const data = encodeFunctionData({
    abi: providerRegistryAbi,
    functionName: 'replaceOffer',
    args: [offerId, toOfferStruct(offer)],
  })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const event = eventOf(receipt, { address, abi: providerRegistryAbi, eventName: 'OfferCreated' })
  return { ...writeResult(receipt), offerId: event.offerId }
}
