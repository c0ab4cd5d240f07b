import type { Address } from '@stoa/protocol'
import { revenueSinkAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventsOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type WithdrawRevenueParameters = {
  deployment: Deployment
  /** Who is paid; the client's account. */
  account?: Address
}

/** `amount`: wei paid, 0 when there was nothing. */
export type WithdrawRevenueReturnType = WriteResult & { amount: bigint }

/** Pays an account all the revenue that it was credited. Anyone may send it; the money goes to the account. */
export async function withdrawRevenue(
  client: WriteClient,
  parameters: WithdrawRevenueParameters,
): Promise<WithdrawRevenueReturnType> {
  const { deployment, account = client.account.address } = parameters
  const address = deployment.revenueSink
  const data = encodeFunctionData({ abi: revenueSinkAbi, functionName: 'withdraw', args: [account] })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const [withdrawn] = eventsOf(receipt, { address, abi: revenueSinkAbi, eventName: 'RevenueWithdrawn' })
  return { ...writeResult(receipt), amount: withdrawn?.amount ?? 0n }
}
