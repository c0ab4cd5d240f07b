import { BaseError } from '@stoa/protocol'

/** Tables that do not make up a tokenizer: an id twice, a merge of what is not there, a byte without a token. */
export class InvalidTokenizerError extends BaseError {
  override name = 'InvalidTokenizerError'
  constructor(why: string, cause?: unknown) {
    super(`Not a usable tokenizer: ${why}.`, {
      code: 'INVALID_TOKENIZER',
      hint: 'Export the tokenizer again with the tool that trained it; specs/text.md says what it must hold.',
      cause,
    })
  }
}

/** An id that the tokenizer has no token for. */
export class UnknownTokenError extends BaseError {
  override name = 'UnknownTokenError'
  readonly id: number
  constructor(id: number, size: number) {
    super(`No token has the id ${id}; ids run from 0 to ${size - 1}.`, {
      code: 'UNKNOWN_TOKEN',
      hint: 'Decode only ids of this tokenizer; a model whose vocabulary is padded must not choose a padding id.',
    })
    this.id = id
  }
}

/** More bytes than a tokenizer takes at once. */
export class TextTooLongError extends BaseError {
  override name = 'TextTooLongError'
  constructor(length: number, most: number) {
    super(`The text has ${length} bytes; ${most} can be encoded at once.`, {
      code: 'TEXT_TOO_LONG',
      hint: 'Cut the text and encode its parts.',
    })
  }
}
