/** What to say besides the short message. */
export type BaseErrorOptions = {
  /** Stable name for programs, SCREAMING_SNAKE. */
  code?: string
  /** More than one line can carry: what was given, what was needed. */
  details?: string
  /** What the reader can do about it. */
  hint?: string
  /** Whether the same call may succeed later. */
  retry?: boolean
  cause?: unknown
}

/**
 * Root of every error that Stoa throws on purpose. `shortMessage` says what happened, `hint` what to do; `message` holds both.
 * Anything else that is thrown is a bug.
 */
export class BaseError extends Error {
  override name = 'BaseError'
  readonly shortMessage: string
  readonly code: string
  readonly details: string | undefined
  readonly hint: string | undefined
  readonly retry: boolean

  constructor(shortMessage: string, options: BaseErrorOptions = {}) {
    const lines = [shortMessage]
    if (options.details) lines.push(options.details)
    if (options.hint) lines.push(options.hint)
    super(lines.join('\n'), options.cause === undefined ? undefined : { cause: options.cause })
    this.shortMessage = shortMessage
    this.code = options.code ?? 'ERROR'
    this.details = options.details
    this.hint = options.hint
    this.retry = options.retry ?? false
  }

  /** First error in the chain of causes, this one included, for which `test` holds. */
  walk(test: (error: unknown) => boolean): unknown {
    let error: unknown = this
    while (error !== undefined && error !== null) {
      if (test(error)) return error
      error = error instanceof Error ? error.cause : undefined
    }
    return undefined
  }
}
