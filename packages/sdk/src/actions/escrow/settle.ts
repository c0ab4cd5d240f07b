import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { type Call, sendCall } from '../../sendCall.ts'
import { decodeSettlement, encodeBatch, type SettlementClaim, type SettlementResult } from './settlement.ts'

export type SettleParameters = {
  deployment: Deployment
  /** Whose offers are settled; the client's account, which is otherwise one of the provider's settlers. */
  provider?: Address
  claims: readonly SettlementClaim[]
}

export type SettleReturnType = SettlementResult

/**
 * Settles vouchers of any payers under any of a provider's offers in one transaction. A claim that can't be honoured is refused and
 * undoes no other. Amounts are cumulative, so settling the same claims again moves nothing.
 */
export async function settle(client: WriteClient, parameters: SettleParameters): Promise<SettleReturnType> {
  const { deployment, provider = client.account.address, claims } = parameters
  const call = settleCall({ deployment, provider, claims })
  return decodeSettlement(await sendCall(client, deployment.chainId, call), deployment.escrow)
}

/** The transaction of `settle`; `decodeSettlement` reads what came of it. */
export function settleCall({ deployment, provider, claims }: Required<SettleParameters>): Call {
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'settle', args: [provider, encodeBatch(claims)] })
  return { to: deployment.escrow, data }
}
