import { BlockNotFoundError, createClient, http } from 'viem'
import { getBlock } from 'viem/actions'
import { IndexChainError } from './errors.ts'

/** Hash of the first block of a chain. Throws `IndexChainError`. */
export async function genesisHash(rpcUrl: string): Promise<string> {
  const genesis = await blockAt(rpcUrl, 0n)
  if (!genesis?.hash) throw new IndexChainError(rpcUrl, new Error('It has no block 0.'))
  return genesis.hash
}

/** Unix second of a block; undefined where the chain has no such block. Throws `IndexChainError`. */
export async function blockTime(rpcUrl: string, blockNumber: bigint): Promise<bigint | undefined> {
  return (await blockAt(rpcUrl, blockNumber))?.timestamp
}

async function blockAt(rpcUrl: string, blockNumber: bigint) {
  try {
    return await getBlock(createClient({ transport: http(rpcUrl, { retryCount: 1 }) }), { blockNumber })
  } catch (error) {
    if (error instanceof BlockNotFoundError) return undefined
    throw new IndexChainError(rpcUrl, error)
  }
}
