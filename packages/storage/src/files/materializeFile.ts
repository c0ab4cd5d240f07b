import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { bytesToHex, type Hex, type ModelCard, merkleState } from '@stoa/protocol'
import type { BlobReader, GetOptions } from '../blobStore.ts'
import { WeightsMismatchError } from '../errors.ts'

export type CardFile = ModelCard['files'][number]

/**
 * Makes sure that `path` holds exactly the file that the card names, fetching it from `blobs` if it does not. Every byte is hashed, also of
 * a file that was there. Throws `WeightsMismatchError` when the blob is another file than the card says, and what `blobs.get` throws.
 */
export async function materializeFile(
  blobs: Pick<BlobReader, 'get'>,
  file: CardFile,
  path: string,
  options: GetOptions = {},
): Promise<void> {
  if ((await rootOfFile(path)) === fileId(file.bytes, file.root)) return
  options.signal?.throwIfAborted()
  // No file of a card begins with a dot, so this is none of them.
  const partial = join(dirname(path), `.${basename(path)}.partial`)
  const state = merkleState()
  let bytes = 0
  try {
    await using handle = await open(partial, 'w', 0o600)
    for await (const piece of blobs.get(file.cid, options)) {
      bytes += piece.length
      // A blob longer than the card says is refused without filling the disk.
      if (bytes > file.bytes) break
      state.write(piece)
      await handle.writeFile(piece)
    }
    await handle.sync()
    const root = bytesToHex(state.root())
    if (bytes !== file.bytes || root !== file.root) throw new WeightsMismatchError(`File ${file.path}`, file.root, root)
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
}

/** Length and root of a file; undefined if there is none. */
async function rootOfFile(path: string): Promise<string | undefined> {
  const state = merkleState()
  let bytes = 0
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
      bytes += piece.length
      state.write(piece)
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  return fileId(bytes, bytesToHex(state.root()))
}

function fileId(bytes: number, root: Hex): string {
  return `${bytes}:${root}`
}
