import { hexToBytes as nobleToBytes, bytesToHex as nobleToHex } from '@noble/hashes/utils.js'
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

export function bytesToHex(bytes: Uint8Array): Hex {
  return `0x${nobleToHex(bytes)}`
}

/** Decodes hex; `length`, in bytes, is checked when given. */
export function hexToBytes(text: string, length?: number): Uint8Array {
  const ok = /^0x([0-9a-fA-F]{2})*$/.test(text) && (length === undefined || text.length === 2 + 2 * length)
  if (!ok) throw new InvalidHexError(text, length === undefined ? 'hex' : `${length} bytes of hex`)
  return nobleToBytes(text.slice(2))
}
