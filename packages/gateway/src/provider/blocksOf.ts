import { type HttpBlobStoreOptions, httpBlobStore } from '@stoa/storage'
import { Agent, fetch as fetchBy } from 'undici'

/**
 * The blobs that a node gives, at its endpoint. Each block is checked against its CID, whoever sent it, so a certificate that nobody signed is as good as any: sellers that
 * are known by their key on the ledger need none.
 */
export function blocksOf(url: string, options: Pick<HttpBlobStoreOptions, 'timeoutMs'> = {}) {
  if (!url.toLowerCase().startsWith('https:')) return httpBlobStore({ url, ...options })
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false }, keepAliveTimeout: KEEP_ALIVE_MS })
  const fetch: NonNullable<HttpBlobStoreOptions['fetch']> = async (block, init) => {
    const response: unknown = await fetchBy(block, { ...(init as object), dispatcher })
    // undici's own class of the same standard.
    return response as Response
  }
  return httpBlobStore({ url, fetch, ...options })
}

/** Between two blocks of one blob; no connection outlives the reading by more. */
const KEEP_ALIVE_MS = 1_000
