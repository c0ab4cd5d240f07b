import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type RequestWithdrawalParameters = {
  deployment: Deployment
  /** Wei; replaces what was announced before. 0 cancels. */
  amount: bigint
}

/** `withdrawableAt`: unix second from which it can leave; 0 when it was cancelled. */
export type RequestWithdrawalReturnType = WriteResult & { withdrawableAt: number }

/** Announces a withdrawal from the client's account. Sellers count it as gone; claims may still draw on it until it leaves. */
export async function requestWithdrawal(
  client: WriteClient,
  parameters: RequestWithdrawalParameters,
): Promise<RequestWithdrawalReturnType> {
  const { deployment, amount } = parameters
  const address = deployment.escrow
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'requestWithdrawal', args: [amount] })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const { withdrawableAt } = eventOf(receipt, { address, abi: escrowAbi, eventName: 'WithdrawalRequested' })
  return { ...writeResult(receipt), withdrawableAt }
}
