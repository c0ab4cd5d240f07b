import type { BlobInfo } from '../blobStore.ts'
import { BlobLayoutError } from '../errors.ts'
import { type BlobCid, parseCid } from './cid.ts'
import { LEAF_BYTES } from './layout.ts'
import { decodeNode } from './node.ts'

/** Gives the verified block of a CID, or throws. */
export type BlockSource = (cid: BlobCid) => Promise<Uint8Array>

/**
 * The content of a blob, leaf by leaf, in order. Memory: one leaf and one node a level. The layout bounds the work: what the root claims
 * as its length is the number of bytes that come out, and no block is read that adds none.
 */
export async function* readDag(cid: string, read: BlockSource): AsyncGenerator<Uint8Array, void, undefined> {
  yield* readSubtree(parseCid(cid), read)
}

async function* readSubtree(
  cid: BlobCid,
  read: BlockSource,
  bytes?: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const block = await read(cid)
  if (cid.codec === 'raw') {
    yield checkLeaf(cid, block, bytes)
  } else {
    for (const child of decodeNode(cid, block, bytes).children) yield* readSubtree(child.cid, read, child.bytes)
  }
}

/** Length of a blob, from its root block. */
export async function statDag(cid: string, read: BlockSource): Promise<BlobInfo> {
  const root = parseCid(cid)
  const block = await read(root)
  const bytes = root.codec === 'raw' ? checkLeaf(root, block).length : decodeNode(root, block).bytes
  return { cid, bytes }
}

function checkLeaf(cid: BlobCid, block: Uint8Array, bytes = block.length): Uint8Array {
  if (block.length === bytes && bytes <= LEAF_BYTES) return block
  throw new BlobLayoutError(cid.text, `A leaf of ${block.length} bytes where ${Math.min(bytes, LEAF_BYTES)} belong.`)
}
