import type { Address, Hex } from '@stoa/protocol'
import { graphArbiterAbi } from '@stoa/protocol/abi'
import { getAbiItem } from 'viem'
import { getBlockNumber, getLogs } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { scanRanges } from '../../internal/scanRanges.ts'
import { arbiterOf } from './arbiterOf.ts'

export type ListVerdictsParameters = {
  deployment: Deployment
  receiptDigest: Hex
  /** First block to look at; 0. */
  fromBlock?: bigint
}

/** A conviction. Amounts in wei of the stake token: both are 0 where an earlier one about the same receipt took all there was. */
export type Conviction = {
  /** 0 where it took no game (`proveWeights`). */
  game: bigint
  challenger: Address
  ground: number
  taken: bigint
  burned: bigint
  transaction: Hex
}

/** Lists all convictions over one receipt, whoever brought them about, in their order. */
export async function listVerdicts(
  client: ReadClient,
  { deployment, receiptDigest, fromBlock = 0n }: ListVerdictsParameters,
): Promise<Conviction[]> {
  const address = arbiterOf(deployment)
  const to = await translated(getBlockNumber(client, { cacheTime: 0 }))
  const event = getAbiItem({ abi: graphArbiterAbi, name: 'Convicted' })
  const logs = await scanRanges({ from: fromBlock, to }, (range) =>
    getLogs(client, { ...range, address, event, args: { receiptDigest }, strict: true }),
  )
  return logs.map(({ args: { game, challenger, ground, taken, burned }, transactionHash: transaction }) => {
    return { game, challenger, ground, taken, burned, transaction }
  })
}
