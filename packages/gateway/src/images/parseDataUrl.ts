import { InvalidImageError } from '../errors.ts'

const START = /^data:([a-z]+\/[^;,]+)?((?:;[a-z0-9-]+=[^;,]*)*)(;base64)?,/i
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/**
 * Bytes of an image in a `data:` URL (RFC 2397) in base64. Throws `InvalidImageError` for anything else: the gateway fetches no address
 * that a caller names, or callers could make it read what only its machine can reach.
 */
export function parseDataUrl(url: string): Uint8Array {
  if (!/^data:/i.test(url))
    throw new InvalidImageError(
      'it is given by an address, and the gateway fetches none',
      'Read the file yourself and send it as "data:image/png;base64,…".',
    )
  const [start, type = '', , base64] = START.exec(url.slice(0, 1024)) ?? []
  if (start === undefined || base64 === undefined)
    throw new InvalidImageError('its data URL is not in base64', 'Send "data:image/png;base64,…".')
  if (!type.toLowerCase().startsWith('image/'))
    throw new InvalidImageError(`its data URL holds "${type}"`, 'Send an image: "data:image/png;base64,…".')
  const text = url.slice(start.length)
  if (!BASE64.test(text) || text.length % 4 === 1)
    throw new InvalidImageError('its base64 is malformed', 'Encode the whole file as in RFC 4648, section 4.')
  return Buffer.from(text, 'base64')
}
