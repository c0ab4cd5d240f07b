import type { Hex } from '@stoa/protocol'
import { type ReadClient, translateError } from '@stoa/sdk'
import { TransactionReceiptNotFoundError } from 'viem'
import { getBlock, getGasPrice, getTransactionReceipt } from 'viem/actions'
import type { Head } from '../settlement/createFinality.ts'

/** Reads the newest block. */
export const readHead = (client: ReadClient): Promise<Head> => translating(getBlock(client, { blockTag: 'latest' }))

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
