import { promisify } from 'node:util'
import { constants, deflate, inflateSync } from 'node:zlib'

const deflated = promisify(deflate)

/** First byte of encoded tensors (specs/tensors.md); a zlib stream never begins with it (RFC 1950, section 2.2). */
const PLAIN = 0x53

/**
 * A request as it is kept for disputes, in less room where that is much less: pages of text are mostly one colour, and days of them are kept. Quick rather than small, and off
 * this thread.
 *
 * @param request encoded tensors.
 */
export async function packRequest(request: Uint8Array): Promise<Uint8Array> {
  const packed = await deflated(request, { level: constants.Z_BEST_SPEED })
  return packed.length < request.length ? packed : request
}

/** The encoded tensors again; those that were kept as they came, too. Throws what zlib throws for a store that is damaged. */
export function unpackRequest(kept: Uint8Array): Uint8Array {
  return kept[0] === PLAIN ? kept : new Uint8Array(inflateSync(kept))
}
