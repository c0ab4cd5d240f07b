import { WIRE_CODES } from '@stoa/protocol'
import type { BlobReader } from '../blobStore.ts'
import { parseCid } from '../dag/cid.ts'
import { BlobNotFoundError, InvalidCidError } from '../errors.ts'

/** One raw block, as trustless gateways serve it (IPFS Trustless Gateway specification, `format=raw`). */
export const BLOCK_MEDIA_TYPE = 'application/vnd.ipld.raw'

/** 336 days, what that specification's examples give: a block never changes. */
const CACHE_SECONDS = 29_030_400

export type BlockResponseOptions = {
  /** Told of every failure that is the server's, a damaged disk for one: the caller learns only that there was one. */
  onFailure?: (error: unknown) => void
}

/**
 * The answer to `GET /v1/blocks/<cid>` (specs/blobs.md), for any server that speaks the web's `Response`. Never throws: an error is an
 * answer in the shape of specs/node-http.md, BAD_REQUEST, UNKNOWN_BLOB or INTERNAL. For `HEAD`, servers drop the body.
 *
 * Whoever knows the CID gets the block: give it a store that holds only what may be published.
 *
 * @example app.get('/v1/blocks/:cid', (c) => blockResponse(store, c.req.param('cid')))
 */
export async function blockResponse(
  store: Pick<BlobReader, 'block'>,
  cid: string,
  options: BlockResponseOptions = {},
): Promise<Response> {
  try {
    const { text } = parseCid(cid)
    const block = await store.block(text)
    return new Response(new Uint8Array(block), {
      headers: {
        'content-type': BLOCK_MEDIA_TYPE,
        'content-length': String(block.length),
        'content-disposition': `attachment; filename="${text}.bin"`,
        'cache-control': `public, max-age=${CACHE_SECONDS}, immutable`,
        etag: `"${text}.raw"`,
        'x-content-type-options': 'nosniff',
      },
    })
  } catch (error) {
    if (error instanceof InvalidCidError) return refusal('BAD_REQUEST', error.shortMessage, error.hint)
    if (error instanceof BlobNotFoundError) return refusal('UNKNOWN_BLOB', error.shortMessage, error.hint)
    options.onFailure?.(error)
    return refusal('INTERNAL', 'The block cannot be read.', 'Try another store.')
  }
}

function refusal(code: 'BAD_REQUEST' | 'UNKNOWN_BLOB' | 'INTERNAL', message: string, hint: string | undefined) {
  const { status, retry } = WIRE_CODES[code]
  return Response.json({ error: { code, message, hint, retry } }, { status, headers: { 'cache-control': 'no-store' } })
}
