import { access, mkdir, open, opendir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobStore } from '../blobStore.ts'
import { blocksOnlyIn } from '../dag/blocksOnlyIn.ts'
import { buildDag } from '../dag/buildDag.ts'
import { type BlobCid, isCid, parseCid, verifyBlock } from '../dag/cid.ts'
import { MAX_BLOCK_BYTES } from '../dag/layout.ts'
import { readDag, statDag } from '../dag/readDag.ts'
import { BlobCorruptError, BlobNotFoundError } from '../errors.ts'
import { syncFolder } from './durable.ts'
import { isMissing } from './isMissing.ts'
import { blockPath, type DiskLayout, diskLayout, shardOf } from './layout.ts'
import { openStaging } from './staging.ts'
import { storeLock } from './storeLock.ts'

export type DiskBlobStoreOptions = {
  /** Made if it is not there. Any number of processes of one machine may share it. */
  folder: string
}

/**
 * A store in a folder. A put writes its blocks aside, and moves them to their places under a lock when all are durable: a process that
 * dies while it writes leaves nothing but a folder aside, which a later put removes after a day. Reads take no lock.
 *
 * Invariant: a node is in its place only while all below it are. Commits go from leaves to root and deletions from root to leaves, and
 * they exclude each other.
 */
export async function diskBlobStore(options: DiskBlobStoreOptions): Promise<BlobStore> {
  const layout = diskLayout(options.folder)
  for (const folder of [layout.blocks, layout.blobs, layout.staging]) await mkdir(folder, { recursive: true })
  const exclusively = storeLock(layout.lock)
  const read = (cid: BlobCid, signal?: AbortSignal) => readBlock(layout, cid, signal)

  return {
    async put(source, options = {}) {
      const staging = await openStaging(layout)
      try {
        const blob = await buildDag(source, staging.write, options.maxBytes)
        await exclusively(async () => {
          await staging.commit()
          await writeFile(join(layout.blobs, blob.cid), '')
          await syncFolder(layout.blobs)
        })
        return blob
      } finally {
        await staging.discard()
      }
    },
    async *get(cid, options = {}) {
      yield* readDag(cid, (block) => read(block, options.signal))
    },
    async has(cid) {
      return exists(blockPath(layout, parseCid(cid)))
    },
    async stat(cid) {
      return statDag(cid, read)
    },
    async block(cid, options = {}) {
      return read(parseCid(cid), options.signal)
    },
    async delete(cid) {
      const root = parseCid(cid).text
      return exclusively(async () => {
        if (!(await exists(join(layout.blobs, root)))) return false
        const blocks = await blocksOnlyIn(root, cidsIn(layout.blobs, root), read)
        await rm(join(layout.blobs, root))
        await syncFolder(layout.blobs)
        await remove(layout, blocks)
        return true
      })
    },
    list() {
      return cidsIn(layout.blobs)
    },
  }
}

/** Reads no file that is larger than a block can be. */
async function readBlock(layout: DiskLayout, cid: BlobCid, signal?: AbortSignal): Promise<Uint8Array> {
  signal?.throwIfAborted()
  let bytes: Uint8Array
  try {
    await using file = await open(blockPath(layout, cid), 'r')
    const { size } = await file.stat()
    if (size > MAX_BLOCK_BYTES) throw new BlobCorruptError(cid.text, `Its file holds ${size} bytes.`)
    bytes = await file.readFile()
  } catch (error) {
    if (isMissing(error)) throw new BlobNotFoundError(cid.text, error)
    throw error
  }
  return verifyBlock(cid, bytes)
}

/** The blobs that were put, but for one; what else lies in the folder is none of ours. */
async function* cidsIn(folder: string, except?: string): AsyncGenerator<string, void, undefined> {
  for await (const { name } of await opendir(folder)) {
    if (isCid(name) && name !== except) yield name
  }
}

/** Removes blocks in the given order; a node is gone for good before anything below it. */
async function remove(layout: DiskLayout, blocks: readonly BlobCid[]): Promise<void> {
  for (const block of blocks) {
    await rm(blockPath(layout, block), { force: true })
    if (block.codec === 'dag-pb') await syncFolder(shardOf(layout, block))
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}
