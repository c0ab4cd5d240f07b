import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type AddKeyParameters = { deployment: Deployment; key: Address }

export type AddKeyReturnType = WriteResult

/** Registers another session key for the client's account. A removed key can't come back. */
export async function addKey(client: WriteClient, parameters: AddKeyParameters): Promise<AddKeyReturnType> {
  const { deployment, key } = parameters
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'addKey', args: [key] })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.escrow, data }))
}
