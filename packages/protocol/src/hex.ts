import { BaseError } from './errors.ts'

/** Bytes as text: `0x` and two lower-case digits a byte. */
export type Hex = `0x${string}`

/** 20-byte account, lower-case or checksummed hex. */
export type Address = Hex

/** Text that is not the hex it should be. */
export class InvalidHexError extends BaseError {
  override name = 'InvalidHexError'
  constructor(text: string, needed: string) {
    super(`"${text.slice(0, 80)}" is not ${needed}.`, {
      code: 'INVALID_HEX',
      hint: 'Give 0x followed by an even number of hexadecimal digits.',
    })
  }
}

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
/** What a character stands for, by its code; 255 where it is no digit. By hand, both ways: several of these stand in every paid call, and a pattern takes ten times as long. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase())
  return digit < 0 ? 255 : digit
})

export function bytesToHex(bytes: Uint8Array): Hex {
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += PAIRS[bytes[i] ?? 0]
  return `0x${text}`
}

/** Decodes hex; `length`, in bytes, is checked when given. */
export function hexToBytes(text: string, length?: number): Uint8Array {
  const bytes = length === undefined || text.length === 2 + 2 * length ? decode(text) : undefined
  if (!bytes) throw new InvalidHexError(text, length === undefined ? 'hex' : `${length} bytes of hex`)
  return bytes
}

function decode(text: string): Uint8Array | undefined {
  if (text.length % 2 === 1 || !text.startsWith('0x')) return undefined
  const bytes = new Uint8Array(text.length / 2 - 1)
  let wrong = 0
  for (let i = 0; i < bytes.length; i++) {
    const high = DIGITS[text.charCodeAt(2 * i + 2)] ?? 255
    const low = DIGITS[text.charCodeAt(2 * i + 3)] ?? 255
    wrong |= high | low
    bytes[i] = (high << 4) | low
  }
  return wrong > 15 ? undefined : bytes
}
