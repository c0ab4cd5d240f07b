import type { Address, Hex } from '@stoa/protocol'
import { offerPaymentsAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { offerPaymentsOf } from './directPayment.ts'

export type GetOfferAccountParameters = { deployment: Deployment; offerId: Hex }

/** Where an offer is paid directly: whatever token arrives there becomes the offer's revenue. */
export function getOfferAccount(client: ReadClient, parameters: GetOfferAccountParameters): Promise<Address> {
  const { deployment, offerId } = parameters
  const contract = { address: offerPaymentsOf(deployment), abi: offerPaymentsAbi } as const
  return translated(readContract(client, { ...contract, functionName: 'accountOf', args: [offerId] }))
}
