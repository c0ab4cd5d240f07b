import type { Address } from '@stoa/protocol'
import { smallModelsAbi } from '@stoa/protocol/abi'
import { bytesToHex, encodeFunctionData } from 'viem'
import { simulateContract } from 'viem/actions'
import type { WriteClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { sendCall, type WriteResult, writeResult } from '../../sendCall.ts'
import { smallModelsOf } from './smallModelsOf.ts'

export type PublishSmallModelParameters = {
  deployment: Deployment
  /** The model's bytes (specs/on-chain-models.md), as the engine's `compileSmallModel` makes them. */
  model: Uint8Array
}

/** `model`: the address of the data contract. */
export type PublishSmallModelReturnType = WriteResult & { model: Address }

/**
 * Stores a small model as a contract's code, for anybody to `classify` with. The address follows from the bytes: storing them again gives the same and stores
 * nothing. Throws `ContractRevertError` (`MalformedModel`, `ModelTooLarge`) and `NoSmallModelsError`.
 */
export async function publishSmallModel(
  client: WriteClient,
  { deployment, model }: PublishSmallModelParameters,
): Promise<PublishSmallModelReturnType> {
  const { account } = client
  const address = smallModelsOf(deployment)
  const call = { abi: smallModelsAbi, functionName: 'publish', args: [bytesToHex(model)] } as const
  // The same before and after: the address is that of the bytes (EIP-1014).
  const { result } = await translated(simulateContract(client, { account, address, ...call }))
  const receipt = await sendCall(client, deployment.chainId, { to: address, data: encodeFunctionData(call) })
  return { ...writeResult(receipt), model: result }
}
