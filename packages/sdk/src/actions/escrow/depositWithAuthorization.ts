import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'
import type { DepositAuthorization } from './signDepositAuthorization.ts'

export type DepositWithAuthorizationParameters = { deployment: Deployment; authorization: DepositAuthorization }

export type DepositWithAuthorizationReturnType = WriteResult

/** Deposits, and registers the key, in one transaction, with what the payer signed (EIP-3009). The client's account pays the gas. */
export async function depositWithAuthorization(
  client: WriteClient,
  parameters: DepositWithAuthorizationParameters,
): Promise<DepositWithAuthorizationReturnType> {
  const { deployment, authorization } = parameters
  const { payer, key, amount, validAfter, validBefore, salt, signature } = authorization
  const data = encodeFunctionData({
    abi: escrowAbi,
    functionName: 'depositWithAuthorization',
    args: [payer, key, amount, validAfter, validBefore, salt, signature],
  })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.escrow, data }))
}
