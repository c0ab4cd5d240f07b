import type { PublicClient } from 'viem'

/** A block has at most some fifty events of ours, of some 600 bytes as JSON: well below what a client takes in one answer, 10 MB. */
const BLOCKS = 200n

/** All blocks that there are, some at a time, to ask for their events. */
export async function* blockRanges(client: Pick<PublicClient, 'getBlockNumber'>) {
  const head = await client.getBlockNumber({ cacheTime: 0 })
  for (let fromBlock = 0n; fromBlock <= head; fromBlock += BLOCKS) {
    const last = fromBlock + BLOCKS - 1n
    yield { fromBlock, toBlock: last < head ? last : head }
  }
}
