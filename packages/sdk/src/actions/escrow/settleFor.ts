import type { Address, Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall } from '../../sendCall.ts'
import { decodeSettlement, encodeBatch, type SettlementClaim, type SettlementResult } from './settlement.ts'

export type SettleForParameters = {
  deployment: Deployment
  provider: Address
  claims: readonly SettlementClaim[]
  /** Who signed the batch: the provider or one of its settlers. */
  settler: Address
  /** The settler's, over the same claims in the same order (`signSettlement`); a contract's by ERC-1271. */
  signature: Hex
}

export type SettleForReturnType = SettlementResult

/** Settles a batch that the provider or one of its settlers signed. Anyone may send it, and pays the gas. */
export async function settleFor(client: WriteClient, parameters: SettleForParameters): Promise<SettleForReturnType> {
  const { deployment, provider, claims, settler, signature } = parameters
  const data = encodeFunctionData({
    abi: escrowAbi,
    functionName: 'settleFor',
    args: [provider, encodeBatch(claims), settler, signature],
  })
  return decodeSettlement(
    await sendCall(client, deployment.chainId, { to: deployment.escrow, data }),
    deployment.escrow,
  )
}
