import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData, zeroAddress } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { ensureAllowance } from '../../internal/ensureAllowance.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type DepositParameters = {
  deployment: Deployment
  /** Whose account grows; the client's. */
  payer?: Address
  /** Session key to register, if the payer is the client's account; none. One that is registered already is left as it is. */
  key?: Address
  /** Wei of the escrow's token. */
  amount: bigint
}

/** `approval`: the transaction before, when the allowance was short. */
export type DepositReturnType = WriteResult & { approval: WriteResult | undefined }

/** Deposits from the client's account, after approving the amount if need be. */
export async function deposit(client: WriteClient, parameters: DepositParameters): Promise<DepositReturnType> {
  const { deployment, payer = client.account.address, key = zeroAddress, amount } = parameters
  const { chainId, token, escrow } = deployment
  const approval = await ensureAllowance(client, { chainId, token, spender: escrow, amount })
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'deposit', args: [payer, key, amount] })
  return { ...writeResult(await sendCall(client, chainId, { to: escrow, data })), approval }
}
