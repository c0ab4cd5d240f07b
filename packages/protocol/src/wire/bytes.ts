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
    if (kind === 'hex') bytes.set(hexToBytes(String(value), width), at)
    else if (!putUint(bytes, at, BigInt(value), width))
      throw new MalformedMessageError(what, `${name} ${value} does not fit into ${width} bytes`)
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
    const part = bytes.subarray(at, at + width)
    values[name] = kind === 'hex' ? bytesToHex(part) : uintOf(part)
    at += width
  }
  return values
}

/** Big-endian; false for a number that does not fit. In steps of 32 bits, which need few numbers of more. */
function putUint(bytes: Uint8Array, at: number, value: bigint, width: number): boolean {
  if (value < 0n) return false
  let rest = value
  let word = 0
  for (let i = 0; i < width; i++) {
    if (i % 4 === 0) {
      word = Number(rest & 0xffff_ffffn)
      rest >>= 32n
    }
    bytes[at + width - 1 - i] = word & 255
    word >>>= 8
  }
  // What is left of the last word, and of the number.
  return word === 0 && rest === 0n
}

function uintOf(bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = 0; i < bytes.length; ) {
    let word = 0
    const end = i + ((bytes.length - i) % 4 || 4)
    for (; i < end; i++) word = word * 256 + (bytes[i] ?? 0)
    value = (value << 32n) | BigInt(word)
  }
  return value
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const CODES = Uint8Array.from(ALPHABET, (char) => char.charCodeAt(0))
/** What a character stands for, by its code; 255 where it is none of them. */
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => CODES.indexOf(code))
const ASCII = new TextDecoder()

/** Base64url without padding (RFC 4648, section 5), for headers. By hand: it stands in every paid call, and `btoa` takes ten times as long. */
export function toBase64Url(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil((bytes.length * 4) / 3))
  let at = 0
  let bits = 0
  let held = 0
  for (let i = 0; i < bytes.length; i++) {
    held = ((held << 8) | (bytes[i] ?? 0)) & 0xffff
    for (bits += 8; bits >= 6; bits -= 6) codes[at++] = CODES[(held >> (bits - 6)) & 63] ?? 0
  }
  if (bits > 0) codes[at] = CODES[(held << (6 - bits)) & 63] ?? 0
  return ASCII.decode(codes)
}

/** Throws `MalformedMessageError` for anything but base64url without padding, bits left over among it: bytes have one text. */
export function fromBase64Url(what: string, text: string): Uint8Array {
  const bytes = new Uint8Array((text.length * 3) >> 2)
  let at = 0
  let bits = 0
  let held = 0
  for (let i = 0; i < text.length; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? 255
    if (value > 63) throw new MalformedMessageError(what, 'not base64url')
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = held >> bits
    }
  }
  if (bits >= 6 || (held & ((1 << bits) - 1)) !== 0) throw new MalformedMessageError(what, 'not base64url')
  return bytes
}
