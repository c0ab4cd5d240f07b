import type { DecodeOptions, Tokenizer } from './tokenizer.ts'

/** Text of ids that come one by one. */
export type StreamDecoder = {
  /** The characters that `ids` complete; a character begun waits for its last byte. */
  push(ids: ArrayLike<number>): string
  /** What is left at the end: U+FFFD for a character that never was completed, else nothing. */
  end(): string
}

/**
 * Decodes ids as they are generated, never splitting a character. Bytes that are not UTF-8 become U+FFFD, as the WHATWG Encoding
 * standard replaces them; the pieces joined are what decoding everything at once gives.
 */
export function createStreamDecoder(tokenizer: Pick<Tokenizer, 'decode'>, options: DecodeOptions = {}): StreamDecoder {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let continues = options.continues ?? false
  return {
    push(ids) {
      const bytes = tokenizer.decode(ids, { ...options, continues })
      // Where all that came is the blank that was taken off, the text has begun nevertheless.
      continues ||= bytes.length > 0 || tokenizer.decode(ids, { ...options, continues: true }).length > 0
      return decoder.decode(bytes, { stream: true })
    },
    end: () => decoder.decode(),
  }
}
