/** The byte that a token such as `<0x0A>` stands for; undefined for any other text. */
export function namedByte(text: string): number | undefined {
  const [, hex] = /^<0x([0-9A-F]{2})>$/.exec(text) ?? []
  return hex === undefined ? undefined : Number.parseInt(hex, 16)
}

/** Ids of byte tokens by their byte, from a tokenizer's texts and ids; -1 where a byte has none. */
export function byteIds(tokens: Iterable<readonly [text: string, id: number]>): Int32Array {
  const ids = new Int32Array(256).fill(-1)
  for (const [text, id] of tokens) {
    const byte = namedByte(text)
    if (byte !== undefined) ids[byte] = id
  }
  return ids
}
