import { BaseError } from '@stoa/protocol'

/** A question to a codec after its `close`. */
export class CodecClosedError extends BaseError {
  override name = 'CodecClosedError'
  constructor() {
    super("The model's tokenizer is closed.", { code: 'CODEC_CLOSED', hint: 'Open it again before asking.' })
  }
}

/** The thread in which a tokenizer was open ended by itself. */
export class CodecCrashedError extends BaseError {
  override name = 'CodecCrashedError'
  constructor(details: string, cause?: unknown) {
    super('The thread with the tokenizer ended unexpectedly.', {
      code: 'CODEC_CRASHED',
      details,
      hint: 'If it ends again, the file takes more memory than a tokenizer may.',
      retry: true,
      cause,
    })
  }
}
