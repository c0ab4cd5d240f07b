import { BaseError } from '@stoa/protocol'
import type { BlobReader } from '../blobStore.ts'
import { type BlobCid, parseCid, verifyBlock } from '../dag/cid.ts'
import { MAX_BLOCK_BYTES } from '../dag/layout.ts'
import { readDag, statDag } from '../dag/readDag.ts'
import { BlobCorruptError, BlobNotFoundError, BlobSourceError } from '../errors.ts'
import { BLOCK_MEDIA_TYPE } from './blockResponse.ts'

/** One block is at most 1 MiB: a minute allows for 140 kbit/s. */
const BLOCK_TIMEOUT_MS = 60_000

export type HttpBlobStoreOptions = {
  /** Address of the server, to which `/v1/blocks/<cid>` is added. */
  url: string | URL
  /** Default: the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Most milliseconds for one block, from request to last byte. */
  timeoutMs?: number
}

/**
 * Reads blobs from a server that nobody has to trust (the other end is `blockResponse`). It fetches block by block and walks the blob
 * itself, because bytes of a large blob can be verified only against its nodes: each piece is checked before it is handed on, and
 * never more than one block is held.
 *
 * `has` is the server's word; everything else is verified.
 */
export function httpBlobStore(options: HttpBlobStoreOptions): BlobReader {
  const { fetch: send = fetch, timeoutMs = BLOCK_TIMEOUT_MS } = options
  const base = String(options.url).replace(/\/+$/, '')

  const request = async <T>(
    cid: BlobCid,
    method: string,
    handle: (response: Response) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    const url = `${base}/v1/blocks/${cid.text}`
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      return await handle(
        await send(url, {
          method,
          headers: { accept: BLOCK_MEDIA_TYPE },
          // A server that nobody trusts must not choose which other host we talk to.
          redirect: 'error',
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        }),
      )
    } catch (error) {
      if (error instanceof BaseError || signal?.aborted) throw error
      const details = timeout.aborted ? `No block within ${timeoutMs} ms.` : String(error)
      throw new BlobSourceError(url, details, { retry: true, cause: error })
    }
  }

  const read = (cid: BlobCid, signal?: AbortSignal) =>
    request(cid, 'GET', async (response) => verifyBlock(cid, await bodyOf(cid, response)), signal)

  return {
    async *get(cid, options = {}) {
      yield* readDag(cid, (block) => read(block, options.signal))
    },
    async has(cid) {
      return request(parseCid(cid), 'HEAD', async (response) => {
        if (response.ok) return true
        if (response.status === 404) return false
        throw refusal(response)
      })
    },
    async stat(cid) {
      return statDag(cid, read)
    },
    async block(cid, options = {}) {
      return read(parseCid(cid), options.signal)
    },
  }
}

async function bodyOf(cid: BlobCid, response: Response): Promise<Uint8Array> {
  if (!response.ok) {
    await response.body?.cancel()
    if (response.status === 404) throw new BlobNotFoundError(cid.text)
    throw refusal(response)
  }
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body ?? []) {
    length += piece.length
    // Leaving the loop cancels the stream.
    if (length > MAX_BLOCK_BYTES) throw new BlobCorruptError(cid.text, `The server sent over ${MAX_BLOCK_BYTES} bytes.`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces, length)
}

function refusal(response: Response): BlobSourceError {
  const retry = response.status >= 500 || response.status === 429
  return new BlobSourceError(response.url, `The server answered ${response.status}.`, { retry })
}
