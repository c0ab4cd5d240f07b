import type { Address } from '@stoa/protocol'
import { smallModelsAbi } from '@stoa/protocol/abi'
import { bytesToHex } from 'viem'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { smallModelsOf } from './smallModelsOf.ts'

export type ClassifyParameters = {
  deployment: Deployment
  /** What `publishSmallModel` returned. */
  model: Address
  /** One byte for each input of the model. */
  input: Uint8Array
}

export type ClassifyReturnType = {
  /** Place of the largest score, of equals the first. */
  best: number
  scores: readonly bigint[]
}

/**
 * Has the chain compute a small model, by a call that costs nothing (specs/on-chain-models.md). Throws `ContractRevertError` (`NotAModel`, `MalformedModel`,
 * `WrongInputLength`) and `NoSmallModelsError`.
 */
export async function classify(
  client: ReadClient,
  { deployment, model, input }: ClassifyParameters,
): Promise<ClassifyReturnType> {
  const contract = { address: smallModelsOf(deployment), abi: smallModelsAbi } as const
  const [best, scores] = await translated(
    readContract(client, { ...contract, functionName: 'classify', args: [model, bytesToHex(input)] }),
  )
  return { best: Number(best), scores }
}
