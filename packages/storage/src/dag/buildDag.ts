import type { BlobInfo, BlobSource } from '../blobStore.ts'
import { BlobTooLargeError } from '../errors.ts'
import { type BlobCid, cidOfBlock } from './cid.ts'
import { MAX_BLOB_BYTES, MAX_LINKS } from './layout.ts'
import { leavesOf } from './leaves.ts'
import { type Child, encodeNode } from './node.ts'

/** A block on its way into a store. Level 0 is a leaf. `block` is valid until the sink's promise resolves. */
export type BlockSink = (cid: BlobCid, block: Uint8Array, level: number) => Promise<void>

/**
 * Turns content into the blocks of a balanced UnixFS file (specs/blobs.md) and gives each to `sink`, children before parents. Memory: one
 * leaf and at most 174 links a level.
 *
 * @param maxBytes refuses longer content with `BlobTooLargeError`; the sink may then have seen some blocks already
 */
export async function buildDag(source: BlobSource, sink: BlockSink, maxBytes = MAX_BLOB_BYTES): Promise<BlobInfo> {
  const limit = Math.min(maxBytes, MAX_BLOB_BYTES)
  /** `open[level]`: blocks of that level that have no parent yet, at most 174. */
  const open: Child[][] = []
  let bytes = 0

  const emit = async (block: Uint8Array, level: number, content: number, below: number) => {
    const cid = cidOfBlock(level === 0 ? 'raw' : 'dag-pb', block)
    await sink(cid, block, level)
    const siblings = open[level] ?? []
    open[level] = siblings
    // A full group gets its parent only when one more sibling comes: otherwise the group may be all there is under the root.
    if (siblings.length === MAX_LINKS) await close(level)
    open[level]?.push({ cid, bytes: content, totalBytes: block.length + below })
  }
  const close = async (level: number) => {
    const children = open[level] ?? []
    open[level] = []
    const content = children.reduce((sum, child) => sum + child.bytes, 0)
    const below = children.reduce((sum, child) => sum + child.totalBytes, 0)
    await emit(encodeNode(children), level + 1, content, below)
  }

  for await (const leaf of leavesOf(source)) {
    bytes += leaf.length
    if (bytes > limit) throw new BlobTooLargeError(limit)
    await emit(leaf, 0, leaf.length, 0)
  }
  // Close the groups upwards until one block is alone on the top level.
  for (let level = 0; ; level++) {
    const [root] = open[level] ?? []
    if (root && level === open.length - 1 && open[level]?.length === 1) return { cid: root.cid.text, bytes }
    await close(level)
  }
}
