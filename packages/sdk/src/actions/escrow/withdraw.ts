import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type WithdrawParameters = {
  deployment: Deployment
  /** Who receives it; the client's account. */
  to?: Address
}

export type WithdrawReturnType = WriteResult & { amount: bigint }

/** Takes out what was announced, or what is left of it, after the withdrawal delay. */
export async function withdraw(client: WriteClient, parameters: WithdrawParameters): Promise<WithdrawReturnType> {
  const { deployment, to = client.account.address } = parameters
  const address = deployment.escrow
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'withdraw', args: [to] })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const { amount } = eventOf(receipt, { address, abi: escrowAbi, eventName: 'Withdrawn' })
  return { ...writeResult(receipt), amount }
}
