import type { EncodeOptions } from '../text/index.ts'

/** A text, and where in its bytes the names of special tokens are those tokens; nowhere by default. */
export type TextToEncode = { readonly text: string } & EncodeOptions

/** Texts to a model's ids and back: what a buyer needs of a model whose answers are tokens. */
export type TextCodec = {
  /** Ids are below it. */
  size(): Promise<number>
  /** Ids of each text. Throws what the tokenizer throws. */
  encode(texts: readonly TextToEncode[]): Promise<Uint32Array[]>
  /** Text of ids that go on from a text before them. A character that the last one leaves unfinished is left out; an id without a token has no text. */
  decode(ids: Uint32Array): Promise<string>
  close(): Promise<void>
}
