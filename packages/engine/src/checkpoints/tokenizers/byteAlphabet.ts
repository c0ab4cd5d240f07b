/**
 * GPT-2's way of writing bytes as visible characters, which vocabularies of byte-level tokenizers are stored in: the printable
 * characters of Latin-1 (0x21–0x7e, 0xa1–0xac, 0xae–0xff) stand for themselves, the other 68 bytes, in order, for U+0100 and on.
 */
export type ByteAlphabet = {
  readonly characters: readonly string[]
  /** Bytes that `text` stands for; undefined where it holds a character of no byte. */
  bytesOf(text: string): Uint8Array | undefined
}

export function byteAlphabet(): ByteAlphabet {
  let next = 0x100
  const characters = Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
    if (visible) return String.fromCharCode(byte)
    next += 1
    return String.fromCharCode(next - 1)
  })
  const byteOf = new Map(characters.map((character, byte) => [character, byte]))
  return {
    characters,
    bytesOf(text) {
      const bytes = new Uint8Array(text.length)
      for (let i = 0; i < text.length; i += 1) {
        const byte = byteOf.get(text.charAt(i))
        if (byte === undefined) return undefined
        bytes[i] = byte
      }
      return bytes
    },
  }
}
