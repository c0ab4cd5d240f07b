import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { eventOf } from '../../internal/eventOf.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type RemoveKeyParameters = { deployment: Deployment; key: Address }

/** `validUntil`: last unix second at which the key's vouchers are honoured. */
export type RemoveKeyReturnType = WriteResult & { validUntil: number }

/** Removes a session key of the client's account, for ever. What it signed can be settled for the withdrawal delay. */
export async function removeKey(client: WriteClient, parameters: RemoveKeyParameters): Promise<RemoveKeyReturnType> {
  const { deployment, key } = parameters
  const address = deployment.escrow
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'removeKey', args: [key] })
  const receipt = await sendCall(client, deployment.chainId, { to: address, data })
  const { validUntil } = eventOf(receipt, { address, abi: escrowAbi, eventName: 'KeyRemoved' })
  return { ...writeResult(receipt), validUntil }
}
