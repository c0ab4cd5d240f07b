import { modelRegistryAbi } from '@stoa/protocol/abi'
import { parseEventLogs } from 'viem'
import { getBlockNumber, getLogs } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { scanRanges } from '../../internal/scanRanges.ts'

export type ListChangedModelsParameters = {
  deployment: Deployment
  /** First block to look at. */
  fromBlock: bigint
  /** Last block to look at; the latest. */
  toBlock?: bigint
}

export type ListChangedModelsReturnType = bigint[]

/** Ids of the models to which anything happened in some blocks, each once, from the registry's events (`eth_getLogs`): whoever remembers one reads it again. */
export async function listChangedModels(
  client: ReadClient,
  parameters: ListChangedModelsParameters,
): Promise<ListChangedModelsReturnType> {
  const { deployment, fromBlock } = parameters
  const toBlock = parameters.toBlock ?? (await translated(getBlockNumber(client, { cacheTime: 0 })))
  const address = deployment.modelRegistry
  const logs = await scanRanges({ from: fromBlock, to: toBlock }, (range) => getLogs(client, { ...range, address }))
  const ids = parseEventLogs({ abi: modelRegistryAbi, logs }).flatMap(({ args }) => {
    if ('modelId' in args) return [args.modelId]
    return 'tokenId' in args ? [args.tokenId] : []
  })
  return [...new Set(ids)]
}
