import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { type BundleFile, bytesToHex, merkleState } from '@stoa/protocol'
import type { BlobStore } from '@stoa/storage'

/** A file of a bundle with the blob that holds it. */
export type StoredFile = BundleFile & { cid: string }

/** Puts each file into the store and computes its Merkle root in the same reading. Memory does not grow with the files. */
export async function storeBundle(folder: string, paths: readonly string[], blobs: BlobStore): Promise<StoredFile[]> {
  const stored: StoredFile[] = []
  for (const path of paths) {
    const tree = merkleState()
    const { cid, bytes } = await blobs.put(observed(createReadStream(join(folder, path)), tree.write))
    stored.push({ path, cid, bytes, root: bytesToHex(tree.root()) })
  }
  return stored
}

async function* observed(source: AsyncIterable<Uint8Array>, see: (bytes: Uint8Array) => void) {
  for await (const bytes of source) {
    see(bytes)
    yield bytes
  }
}
