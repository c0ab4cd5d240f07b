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
  return {
    push: (ids) => decoder.decode(tokenizer.decode(ids, options), { stream: true }),
    end: () => decoder.decode(),
  }
}
