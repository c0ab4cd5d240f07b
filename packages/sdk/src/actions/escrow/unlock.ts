import type { Address, Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type UnlockParameters = {
  deployment: Deployment
  /** Whose lock; the client's account. */
  payer?: Address
  offerId: Hex
  lane: bigint
}

export type UnlockReturnType = WriteResult & { amount: bigint }

/** Returns an ended lock to its payer. Anyone may. */
export async function unlock(client: WriteClient, parameters: UnlockParameters): Promise<UnlockReturnType> {
  const { deployment, payer = client.account.address, offerId, lane } = parameters
  const address = deployment.escrow
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'unlock', args: [payer, offerId, lane] })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const { amount } = eventOf(receipt, { address, abi: escrowAbi, eventName: 'Unlocked' })
  return { ...writeResult(receipt), amount }
}
