import { Buffer } from 'node:buffer'

/** Characters, and as numbers the bytes that belong to none. */
export function charactersOf(bytes: Uint8Array): (string | number)[] {
  const all: (string | number)[] = []
  for (let at = 0; at < bytes.length; ) {
    const character = [1, 2, 3, 4]
      .map((length) => bytes.subarray(at, at + length))
      .map(strictText)
      .find((text) => text !== undefined && [...text].length === 1)
    all.push(character ?? bytes[at] ?? 0)
    at += character === undefined ? 1 : Buffer.byteLength(character)
  }
  return all
}

function strictText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
