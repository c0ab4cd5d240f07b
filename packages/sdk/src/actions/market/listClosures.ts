import type { Hex } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { getAbiItem } from 'viem'
import { getBlockNumber, getLogs } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { scanRanges } from '../../internal/scanRanges.ts'

export type ListClosuresParameters = {
  deployment: Deployment
  /** First block to look at. */
  fromBlock: bigint
  /** Last block to look at; the latest. */
  toBlock?: bigint
}

export type ListClosuresReturnType = Hex[]

/** Ids of the offers that were closed, or replaced, in some blocks, from the registry's events (`eth_getLogs`). */
export async function listClosures(
  client: ReadClient,
  parameters: ListClosuresParameters,
): Promise<ListClosuresReturnType> {
  const { deployment, fromBlock } = parameters
  const toBlock = parameters.toBlock ?? (await translated(getBlockNumber(client, { cacheTime: 0 })))
  const event = getAbiItem({ abi: providerRegistryAbi, name: 'OfferClosed' })
  const address = deployment.providerRegistry
  const logs = await scanRanges({ from: fromBlock, to: toBlock }, (range) =>
    getLogs(client, { ...range, address, event, strict: true }),
  )
  return logs.map(({ args }) => args.offerId)
}
