import { BaseError } from '@stoa/protocol'

/** The index does not answer, or not yet: a caller that can reads the chain instead. */
export class IndexUnavailableError extends BaseError {
  override name = 'IndexUnavailableError'
  constructor(url: string, why: string, cause?: unknown) {
    super(`The index at ${url} can't be asked: ${why}.`, {
      code: 'INDEX_UNAVAILABLE',
      hint: '"stoa status" says how it stands. Nothing is lost: all it knows is on the chain.',
      retry: true,
      cause,
    })
  }
}

/** What answers there is no index of this release. */
export class IndexAnswerError extends BaseError {
  override name = 'IndexAnswerError'
  constructor(url: string, details: string, cause?: unknown) {
    super(`What answers at ${url} does not answer as this release's index does.`, {
      code: 'INDEX_ANSWER',
      details,
      hint: 'Look whether another program, or an index of another release, has the port.',
      cause,
    })
  }
}

/** Rows that are not what was asked for: which member, and why. */
export class InvalidRowsError extends BaseError {
  override name = 'InvalidRowsError'
  constructor(words: string) {
    super(words, { code: 'INVALID_ROWS' })
  }
}
