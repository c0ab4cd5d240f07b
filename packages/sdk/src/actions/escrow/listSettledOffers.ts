import type { Address, Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { getBlockNumber, getContractEvents } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { scanRanges } from '../../internal/scanRanges.ts'

export type ListSettledOffersParameters = {
  deployment: Deployment
  payer: Address
  /** Block at which the contracts were deployed; 0 by default. */
  fromBlock?: bigint
}

/** Ids of offers, in the order in which they were first settled. */
export type ListSettledOffersReturnType = Hex[]

/** The offers under which something of a payer's deposit was settled. */
export async function listSettledOffers(
  client: ReadClient,
  { deployment, payer, fromBlock = 0n }: ListSettledOffersParameters,
): Promise<ListSettledOffersReturnType> {
  const to = await translated(getBlockNumber(client, { cacheTime: 0 }))
  const logs = await scanRanges({ from: fromBlock, to }, (range) =>
    getContractEvents(client, {
      address: deployment.escrow,
      abi: escrowAbi,
      eventName: 'Settled',
      args: { payer },
      strict: true,
      ...range,
    }),
  )
  return [...new Set(logs.map(({ args }) => args.offerId))]
}
