/** What a text is turned into ids with, and back. Pure: the same tables and the same bytes give the same ids everywhere. */
export type Tokenizer = {
  /** One more than the highest id. */
  readonly size: number
  /** Ids that the model expects before a text, such as that of `<|begin_of_text|>`; `encode` does not add them. */
  readonly begin: readonly number[]
  /** Special tokens by their content. */
  readonly specials: ReadonlyMap<string, number>
  /**
   * Ids of a text. Any bytes are a text: those that are not UTF-8 are kept as they are. A string's lone surrogates become U+FFFD.
   * The names of special tokens inside the text are ordinary text unless `specials` asks for them: never do for text of strangers.
   */
  encode(text: string | Uint8Array, options?: EncodeOptions): Uint32Array
  /**
   * Bytes of ids, special tokens left out unless `specials` is true. Bytes, because a token may end inside a character:
   * `createStreamDecoder` gives text. Throws `UnknownTokenError`.
   *
   * A tokenizer that puts a blank before texts takes it off again, unless `continues` is true: the ids go on from others.
   */
  decode(ids: ArrayLike<number>, options?: DecodeOptions): Uint8Array
}

/**
 * Where names of special tokens are those tokens: nowhere by default; everywhere; or in ranges of the text's bytes, from the first to before the second,
 * in one of which a name must lie as a whole.
 */
export type EncodeOptions = { specials?: boolean | readonly (readonly [from: number, to: number])[] }
export type DecodeOptions = { specials?: boolean; continues?: boolean }

/** A token that stands outside the merges. `special`: only found when asked for; else found in every text (a "user-defined" token). */
export type AddedToken = { readonly id: number; readonly content: string; readonly special: boolean }

/** An added token of a tokenizer of pieces. `marked`: what it is looked for as, and decoded to, once blanks are marks and a mark stands before. */
export type PieceAddedToken = AddedToken & { readonly marked?: string }
