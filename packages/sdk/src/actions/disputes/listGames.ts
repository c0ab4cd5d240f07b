import type { Address, Hex, Receipt } from '@stoa/protocol'
import { graphArbiterAbi } from '@stoa/protocol/abi'
import { getAbiItem, hexToBytes } from 'viem'
import { getBlockNumber, getLogs, readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { scanRanges } from '../../internal/scanRanges.ts'
import { arbiterOf } from './arbiterOf.ts'

export type ListGamesParameters = {
  deployment: Deployment
  /** Only games against this provider. */
  provider?: Address
  /** Only games about this receipt. */
  receiptDigest?: Hex
  /** First block to look at; 0. */
  fromBlock?: bigint
}

/** A game as it began. */
export type ListedGame = {
  game: bigint
  receiptDigest: Hex
  provider: Address
  challenger: Address
  receipt: Receipt
  signature: Uint8Array
  blockNumber: bigint
  /** It has no verdict yet. */
  on: boolean
}

/** Lists games in the order in which they began. */
export async function listGames(client: ReadClient, parameters: ListGamesParameters): Promise<ListedGame[]> {
  const { deployment, provider, receiptDigest, fromBlock = 0n } = parameters
  const address = arbiterOf(deployment)
  const to = await translated(getBlockNumber(client, { cacheTime: 0 }))
  const event = getAbiItem({ abi: graphArbiterAbi, name: 'Challenged' })
  const args = { ...(provider && { provider }), ...(receiptDigest && { receiptDigest }) }
  const logs = await scanRanges({ from: fromBlock, to }, (range) =>
    getLogs(client, { ...range, address, event, args, strict: true }),
  )
  return Promise.all(
    logs.map(async ({ args: { game, receiptDigest, provider, state, receipt, signature }, blockNumber }) => {
      const query = { address, abi: graphArbiterAbi, functionName: 'stateOf', args: [game] } as const
      const on = BigInt(await translated(readContract(client, query))) !== 0n
      const began = { game, receiptDigest, provider, challenger: state.challenger, receipt, blockNumber }
      return { ...began, signature: hexToBytes(signature), on }
    }),
  )
}
