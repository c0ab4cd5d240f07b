import { BaseError } from '../errors.ts'
import { bytesToHex, type Hex, hexToBytes } from '../hex.ts'

/** A header or message that is not in the form its specification gives. */
export class MalformedMessageError extends BaseError {
  override name = 'MalformedMessageError'
  constructor(what: string, why: string) {
    super(`Malformed ${what}: ${why}.`, { code: 'MALFORMED_MESSAGE', hint: 'See specs/node-http.md.' })
  }
}

/** Unsigned members of a fixed-width message: name → width in bytes; big-endian numbers, or bytes as hex. */
export type Layout = readonly (readonly [name: string, kind: 'uint' | 'hex', bytes: number])[]

/** Writes `values` in the order and widths of `layout`. Throws `MalformedMessageError` when one doesn't fit. */
export function pack(
  what: string,
  layout: Layout,
  values: Readonly<Record<string, bigint | number | Hex>>,
): Uint8Array {
  const bytes = new Uint8Array(layout.reduce((sum, [, , width]) => sum + width, 0))
  let at = 0
  for (const [name, kind, width] of layout) {
    const value = values[name]
    if (value === undefined) throw new MalformedMessageError(what, `${name} is missing`)
    bytes.set(kind === 'hex' ? hexToBytes(String(value), width) : uintBytes(what, name, BigInt(value), width), at)
    at += width
  }
  return bytes
}

/** The reverse of `pack`: numbers as bigint, bytes as hex. Throws `MalformedMessageError` for another length. */
export function unpack(what: string, layout: Layout, bytes: Uint8Array): Record<string, bigint | Hex> {
  const size = layout.reduce((sum, [, , width]) => sum + width, 0)
  if (bytes.length !== size) throw new MalformedMessageError(what, `${bytes.length} bytes, ${size} are needed`)
  const values: Record<string, bigint | Hex> = {}
  let at = 0
  for (const [name, kind, width] of layout) {
    const hex = bytesToHex(bytes.subarray(at, at + width))
    values[name] = kind === 'hex' ? hex : BigInt(hex)
    at += width
  }
  return values
}

function uintBytes(what: string, name: string, value: bigint, width: number): Uint8Array {
  if (value < 0n || value >= 1n << BigInt(8 * width))
    throw new MalformedMessageError(what, `${name} ${value} does not fit into ${width} bytes`)
  return hexToBytes(`0x${value.toString(16).padStart(2 * width, '0')}`)
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const CODES = new Map([...ALPHABET].map((char, code) => [char.charCodeAt(0), code]))

/** Base64url without padding (RFC 4648, section 5), for headers. By hand: it stands in every paid call, and `btoa` takes ten times as long. */
export function toBase64Url(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff
    for (bits += 8; bits >= 6; bits -= 6) text += ALPHABET[(held >> (bits - 6)) & 63]
  }
  return bits > 0 ? text + ALPHABET[(held << (6 - bits)) & 63] : text
}

/** Throws `MalformedMessageError` for anything but base64url without padding, bits left over among it: bytes have one text. */
export function fromBase64Url(what: string, text: string): Uint8Array {
  const bytes = new Uint8Array((text.length * 3) >> 2)
  let at = 0
  let bits = 0
  let held = 0
  for (let i = 0; i < text.length; i++) {
    const code = CODES.get(text.charCodeAt(i))
    if (code === undefined) throw new MalformedMessageError(what, 'not base64url')
    held = ((held << 6) | code) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = held >> bits
    }
  }
  if (bits >= 6 || (held & ((1 << bits) - 1)) !== 0) throw new MalformedMessageError(what, 'not base64url')
  return bytes
}
