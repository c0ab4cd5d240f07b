import type { Address, Hex } from '@stoa/protocol'
import { offerPaymentsAbi } from '@stoa/protocol/abi'
import type { TransactionReceipt } from 'viem'
import { encodeFunctionData, parseSignature, signatureToCompactSignature } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventsOf } from '../../internal/eventOf.ts'
import { type Call, sendCall, type WriteResult, writeResult } from '../../sendCall.ts'
import { type DirectPayment, offerPaymentsOf } from './directPayment.ts'

export type SettlePaymentsParameters = {
  deployment: Deployment
  /** Of any offers and payers. One that the token refuses harms no other. */
  payments: readonly DirectPayment[]
  /** Offers whose accounts are swept even if none of the payments is theirs. */
  sweep?: readonly Hex[]
}

type PaymentId = { offerId: Hex; payer: Address; nonce: Hex }

/** `settled`: what arrived, in wei. `refused`: the token moved nothing; it may have been used before. `swept`: by offer, wei that became its revenue. */
export type SettlePaymentsReturnType = WriteResult & {
  settled: (PaymentId & { amount: bigint })[]
  refused: PaymentId[]
  swept: { offerId: Hex; amount: bigint }[]
}

/** Uses direct payments and makes them their offers' revenue, all in one transaction. Anyone may. */
export async function settlePayments(
  client: WriteClient,
  parameters: SettlePaymentsParameters,
): Promise<SettlePaymentsReturnType> {
  const { deployment } = parameters
  return decodePayments(await sendCall(client, deployment.chainId, settlePaymentsCall(parameters)), deployment)
}

/** The transaction of `settlePayments`. */
export function settlePaymentsCall({ deployment, payments, sweep = [] }: SettlePaymentsParameters): Call {
  const groups = new Map<Hex, ReturnType<typeof authorizationOf>[]>()
  for (const offerId of sweep) groups.set(offerId, [])
  for (const payment of payments)
    groups.set(payment.offerId, [...(groups.get(payment.offerId) ?? []), authorizationOf(payment)])
  const batch = [...groups].map(([offerId, authorizations]) => ({ offerId, authorizations }))
  const data = encodeFunctionData({ abi: offerPaymentsAbi, functionName: 'settle', args: [batch] })
  return { to: offerPaymentsOf(deployment), data }
}

/** Reads what became of each payment from the transaction's events. */
export function decodePayments(receipt: TransactionReceipt, deployment: Deployment): SettlePaymentsReturnType {
  const contract = { address: offerPaymentsOf(deployment), abi: offerPaymentsAbi } as const
  return {
    ...writeResult(receipt),
    settled: eventsOf(receipt, { ...contract, eventName: 'PaymentSettled' }).map((event) => ({ ...event })),
    refused: eventsOf(receipt, { ...contract, eventName: 'PaymentRefused' }).map((event) => ({ ...event })),
    swept: eventsOf(receipt, { ...contract, eventName: 'PaymentsSwept' }).map((event) => ({ ...event })),
  }
}

function authorizationOf({ payer, amount, validAfter, validBefore, nonce, signature }: DirectPayment) {
  const { r, yParityAndS: vs } = signatureToCompactSignature(parseSignature(signature))
  return { payer, amount, validAfter, validBefore, nonce, r, vs }
}
