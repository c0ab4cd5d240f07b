import type { Hex } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type CloseOfferParameters = { deployment: Deployment; offerId: Hex }

export type CloseOfferReturnType = WriteResult

/** Stops new sales under an offer. What was sold is still settled and can still be slashed for. */
export async function closeOffer(client: WriteClient, parameters: CloseOfferParameters): Promise<CloseOfferReturnType> {
  const { deployment, offerId } = parameters
  const data = encodeFunctionData({ abi: providerRegistryAbi, functionName: 'closeOffer', args: [offerId] })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.providerRegistry, data }))
}
