import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { bytesToHex, merkleState, modelCardSchema } from '@stoa/protocol'
import type { Home } from '../home/home.ts'
import {
  changeDraft,
  type Draft,
  filesFolder,
  MOST_DRAFT_BYTES,
  MOST_FILE_BYTES,
  MOST_FILES,
  readDraft,
} from './draft.ts'
import { DraftError } from './errors.ts'

export type ReceiveFileParameters = {
  home: Home
  path: string
  /** Merkle root that the sender computed (specs/digests.md). */
  root: string
  body: ReadableStream<Uint8Array>
  /** `Content-Length`; a body that breaks off or runs over is refused by the HTTP parser. */
  length: number
}

const file = modelCardSchema.shape.files.element.pick({ path: true, root: true })

/** Takes a file of a draft: to disk as it comes, and into the draft only when it is the file that its sender named. Throws `DraftError`. */
export async function receiveFile({ home, path, root, body, length }: ReceiveFileParameters): Promise<void> {
  const named = file.safeParse({ path, root })
  if (!named.success)
    throw new DraftError('That name, or the digest, is not one that a card can hold.', {
      ...{ code: 'INVALID_FILE', status: 400 },
      hint: 'Names have letters, digits, dots, dashes and underscores, 128 at most, and no folders.',
    })
  requireRoom(readDraft(home), path, length)
  const folder = filesFolder(home)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // A name that no file of a card can have, so that one under way is never taken for one that is there.
  const part = join(folder, `.${crypto.randomUUID()}.part`)
  try {
    const tree = merkleState()
    const bytes = await pipeline(
      Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]),
      counted(length, tree.write),
      (pieces) => toDisk(pieces, part),
    )
    if (bytes !== length || bytesToHex(tree.root()) !== root)
      throw new DraftError(`What came of ${path} is not what was sent.`, {
        ...{ code: 'DIGEST_MISMATCH', status: 422 },
        hint: 'The file changed while it was read: choose it again.',
      })
    requireRoom(readDraft(home), path, length)
    await rename(part, join(folder, path))
    changeDraft(home, ({ files, card }) => ({
      files: [...files.filter((each) => each.path !== path), { path, bytes, root: named.data.root }],
      ...(card && { card }),
      checked: false,
    }))
  } finally {
    await rm(part, { force: true })
  }
}

function requireRoom({ files, published, upstream }: Draft, path: string, length: number): void {
  if (upstream)
    throw new DraftError('A server answers for this model; it has no files of its own.', {
      ...{ code: 'HAS_UPSTREAM', status: 409 },
      hint: 'Begin anew to sell files.',
    })
  if (published)
    throw new DraftError('This model is published; its files stay as they are.', {
      ...{ code: 'ALREADY_PUBLISHED', status: 409 },
      hint: 'Offer it, or begin another.',
    })
  const others = files.filter((each) => each.path !== path)
  const total = others.reduce((sum, { bytes }) => sum + bytes, length)
  if (length > MOST_FILE_BYTES || total > MOST_DRAFT_BYTES)
    throw new DraftError(`A file may have ${MOST_FILE_BYTES} bytes, all together ${MOST_DRAFT_BYTES}.`, {
      ...{ code: 'TOO_LARGE', status: 413 },
      hint: 'Publish larger models in a terminal: stoa publish <folder>.',
    })
  if (others.length >= MOST_FILES)
    throw new DraftError(`A model has at most ${MOST_FILES} files.`, {
      ...{ code: 'TOO_MANY_FILES', status: 413 },
      hint: 'Take out what the model does not need.',
    })
}

/** Hands on at most what was announced, so that nobody fills the disk with more. */
function counted(most: number, see: (piece: Uint8Array) => void) {
  return async function* (pieces: AsyncIterable<Uint8Array>) {
    let bytes = 0
    for await (const piece of pieces) {
      bytes += piece.length
      if (bytes > most) return
      see(piece)
      yield piece
    }
  }
}

async function toDisk(pieces: AsyncIterable<Uint8Array>, file: string): Promise<number> {
  const disk = createWriteStream(file, { mode: 0o600, flush: true })
  await pipeline(pieces, disk)
  return disk.bytesWritten
}
