import type { Address, Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { type ReadClient, translateError } from '@stoa/sdk'
import { TransactionReceiptNotFoundError } from 'viem'
import { getBlock, getGasPrice, getTransactionReceipt, readContract } from 'viem/actions'
import type { FinalityParameters } from '../settlement/createFinality.ts'

/** What `createFinality` reads of the chain. Each rejects with what the SDK throws. */
export function finalityReads(client: ReadClient, escrow: Address): Pick<FinalityParameters, 'head' | 'channelsAt'> {
  const contract = { address: escrow, abi: escrowAbi, functionName: 'getChannel' } as const
  return {
    head: () => translating(getBlock(client, { blockTag: 'latest' })),
    channelsAt: (lanes, blockNumber) =>
      translating(
        Promise.all(
          lanes.map(async ({ payer, offerId, lane }) => {
            const channel = await readContract(client, { ...contract, args: [payer, offerId, lane], blockNumber })
            return { payer, offerId, lane, ...channel }
          }),
        ),
      ),
  }
}

/** Reads the block of a transaction that succeeded; undefined where the chain has none such. */
export function successBlock(client: ReadClient): (hash: Hex) => Promise<bigint | undefined> {
  return async (hash) => {
    try {
      const { status, blockNumber } = await getTransactionReceipt(client, { hash })
      return status === 'success' ? blockNumber : undefined
    } catch (error) {
      if (error instanceof TransactionReceiptNotFoundError) return undefined
      throw translateError(error)
    }
  }
}

/** Wei for a unit of gas now. */
export const readGasPrice = (client: ReadClient): Promise<bigint> => translating(getGasPrice(client))

async function translating<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    throw translateError(error)
  }
}
