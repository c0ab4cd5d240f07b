import type { Address, Hex, Offer } from '@stoa/protocol'
import { providerRegistryAbi } from '@stoa/protocol/abi'
import { getAbiItem } from 'viem'
import { getBlockNumber, getLogs } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { scanRanges } from '../../internal/scanRanges.ts'
import { fromOfferStruct } from './offerStruct.ts'

export type ListOffersParameters = {
  deployment: Deployment
  /** Only this provider's. */
  provider?: Address
  /** Only for this model. */
  modelId?: bigint
  /** First block to look at; 0. On a chain with a long past, the block at which the contracts were deployed. */
  fromBlock?: bigint
  /** Last block to look at; the latest. */
  toBlock?: bigint
}

/** `open`: not closed up to `toBlock`. Whether the stake still covers it too, `isOfferOpen` tells. */
export type ListedOffer = { offerId: Hex; offer: Offer; open: boolean; blockNumber: bigint }

export type ListOffersReturnType = ListedOffer[]

/**
 * Lists offers in the order of their creation, from the registry's events (`eth_getLogs`), in as few queries as the node allows. The
 * last block is fixed at the start, so that the answer is of one moment.
 */
export async function listOffers(client: ReadClient, parameters: ListOffersParameters): Promise<ListOffersReturnType> {
  const { deployment, provider, modelId, fromBlock = 0n } = parameters
  const toBlock = parameters.toBlock ?? (await translated(getBlockNumber(client, { cacheTime: 0 })))
  const address = deployment.providerRegistry
  const created = getAbiItem({ abi: providerRegistryAbi, name: 'OfferCreated' })
  const closed = getAbiItem({ abi: providerRegistryAbi, name: 'OfferClosed' })
  const ofProvider = provider ? { provider } : {}
  const ofModel = modelId === undefined ? {} : { modelId }

  const events = await scanRanges({ from: fromBlock, to: toBlock }, async (range) => {
    const [creations, closures] = await Promise.all([
      getLogs(client, { ...range, address, event: created, args: { ...ofProvider, ...ofModel }, strict: true }),
      getLogs(client, { ...range, address, event: closed, args: ofProvider, strict: true }),
    ])
    return [{ creations, closures }]
  })
  const closedIds = new Set(events.flatMap(({ closures }) => closures.map((log) => log.args.offerId)))
  // Nodes answer in this order; the list must not depend on that they do.
  const creations = events.flatMap((range) => range.creations)
  creations.sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex)
  return creations.map(({ args: { offerId, offer }, blockNumber }) => {
    return { offerId, offer: fromOfferStruct(offer), open: !closedIds.has(offerId), blockNumber }
  })
}
