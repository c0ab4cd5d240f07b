import type { Address } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type SetSettlerParameters = { deployment: Deployment; settler: Address; allowed: boolean }

export type SetSettlerReturnType = WriteResult

/**
 * Names, or removes, an account that settles for the client's account, a provider. It states what was charged: a wrong one can cost the
 * provider stake.
 */
export async function setSettler(client: WriteClient, parameters: SetSettlerParameters): Promise<SetSettlerReturnType> {
  const { deployment, settler, allowed } = parameters
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'setSettler', args: [settler, allowed] })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.escrow, data }))
}
