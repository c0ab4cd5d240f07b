import { BlobCorruptError, BlobLayoutError, BlobNotFoundError } from '../errors.ts'
import { type BlobCid, parseCid } from './cid.ts'
import { decodeNode } from './node.ts'
import type { BlockSource } from './readDag.ts'

/**
 * The blocks of a blob that none of the other blobs contains, parents before children, so that removing them in this order never leaves
 * a node whose children are gone. A node that cannot be read hides what is below it: a damaged blob can still be deleted, and what it hid
 * stays until the same bytes are put again.
 */
export async function blocksOnlyIn(cid: string, others: AsyncIterable<string>, read: BlockSource): Promise<BlobCid[]> {
  const candidates = new Map<string, BlobCid>()
  for await (const block of blocksOf(parseCid(cid), read)) candidates.set(block.text, block)
  for await (const other of others) {
    if (candidates.size === 0) break
    for await (const block of blocksOf(parseCid(other), read)) candidates.delete(block.text)
  }
  return [...candidates.values()]
}

async function* blocksOf(cid: BlobCid, read: BlockSource, bytes?: number): AsyncGenerator<BlobCid, void, undefined> {
  yield cid
  if (cid.codec === 'raw') return
  for (const child of await childrenOf(cid, read, bytes)) yield* blocksOf(child.cid, read, child.bytes)
}

async function childrenOf(cid: BlobCid, read: BlockSource, bytes?: number) {
  try {
    return decodeNode(cid, await read(cid), bytes).children
  } catch (error) {
    const damaged = [BlobCorruptError, BlobLayoutError, BlobNotFoundError].some((kind) => error instanceof kind)
    if (damaged) return []
    throw error
  }
}
