import type { BlobSource } from '../blobStore.ts'
import { LEAF_BYTES } from './layout.ts'

/**
 * Cuts a source into leaves: 1 MiB each, the last one shorter, one empty leaf for no bytes at all. A yielded leaf is valid until the next
 * one is asked for. The source's own buffers are copied from, never kept, because a stream may use them again.
 */
export async function* leavesOf(source: BlobSource): AsyncGenerator<Uint8Array, void, undefined> {
  const leaf = new Uint8Array(LEAF_BYTES)
  let filled = 0
  let any = false
  for await (const piece of source instanceof Uint8Array ? [source] : source) {
    for (let offset = 0; offset < piece.length; ) {
      const taken = piece.subarray(offset, offset + LEAF_BYTES - filled)
      leaf.set(taken, filled)
      filled += taken.length
      offset += taken.length
      if (filled === LEAF_BYTES) {
        yield leaf
        any = true
        filled = 0
      }
    }
  }
  if (filled > 0 || !any) yield leaf.subarray(0, filled)
}
