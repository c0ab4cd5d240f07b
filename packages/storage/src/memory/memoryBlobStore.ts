import type { BlobStore } from '../blobStore.ts'
import { blocksOnlyIn } from '../dag/blocksOnlyIn.ts'
import { buildDag } from '../dag/buildDag.ts'
import { type BlobCid, parseCid } from '../dag/cid.ts'
import { readDag, statDag } from '../dag/readDag.ts'
import { BlobNotFoundError } from '../errors.ts'
import { oneAtATime } from '../oneAtATime.ts'

/** A store that keeps its blobs for as long as the process lives. For tests, and for blobs that need not last. */
export function memoryBlobStore(): BlobStore {
  const blocks = new Map<string, Uint8Array>()
  const blobs = new Set<string>()
  const exclusively = oneAtATime()

  // A copy each time: a caller that writes into what it got must not write into the store.
  const read = async (cid: BlobCid) => {
    const block = blocks.get(cid.text)
    if (!block) throw new BlobNotFoundError(cid.text)
    return block.slice()
  }

  return {
    async put(source, options = {}) {
      const built = new Map<string, Uint8Array>()
      const blob = await buildDag(
        source,
        async (cid, block) => {
          built.set(cid.text, block.slice())
        },
        options.maxBytes,
      )
      return exclusively(async () => {
        for (const [cid, block] of built) blocks.set(cid, block)
        blobs.add(blob.cid)
        return blob
      })
    },
    async *get(cid, options = {}) {
      yield* readDag(cid, async (block) => {
        options.signal?.throwIfAborted()
        return read(block)
      })
    },
    async has(cid) {
      return blocks.has(parseCid(cid).text)
    },
    async stat(cid) {
      return statDag(cid, read)
    },
    async block(cid) {
      return read(parseCid(cid))
    },
    async delete(cid) {
      const root = parseCid(cid).text
      return exclusively(async () => {
        if (!blobs.delete(root)) return false
        for (const block of await blocksOnlyIn(root, others(blobs), read)) blocks.delete(block.text)
        return true
      })
    },
    async *list() {
      // A snapshot: what is put or deleted meanwhile does not disturb the reader.
      yield* [...blobs]
    },
  }
}

async function* others(cids: Iterable<string>) {
  yield* cids
}
