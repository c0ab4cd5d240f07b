import type { Address } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'

export type SetSignerParameters = { deployment: Deployment; signer: Address }

export type SetSignerReturnType = WriteResult

/** Changes the key that signs receipts. Receipts of a former key can still be slashed for. */
export async function setSigner(client: WriteClient, parameters: SetSignerParameters): Promise<SetSignerReturnType> {
  const { deployment, signer } = parameters
  const data = encodeFunctionData({ abi: providerRegistryAbi, functionName: 'setSigner', args: [signer] })
  return writeResult(await sendCall(client, deployment.chainId, { to: deployment.providerRegistry, data }))
}
