import type { Hex } from '@stoa/protocol'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { type SettlePaymentsReturnType, settlePayments } from './settlePayments.ts'

export type SweepOfferParameters = { deployment: Deployment; offerId: Hex }

/** Makes what an offer's account holds the offer's revenue: tokens that somebody sent there past `settlePayments`. Anyone may. */
export function sweepOffer(client: WriteClient, parameters: SweepOfferParameters): Promise<SettlePaymentsReturnType> {
  const { deployment, offerId } = parameters
  return settlePayments(client, { deployment, payments: [], sweep: [offerId] })
}
