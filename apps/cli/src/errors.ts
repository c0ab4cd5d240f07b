import { BaseError, type BaseErrorOptions } from '@stoa/protocol'

/** What the shell is told. Listed in `stoa --help`. */
export const EXIT = { ok: 0, failed: 1, usage: 2, retry: 3 } as const

/** A command that cannot do what was asked. */
export class CommandError extends BaseError {
  override name = 'CommandError'
  constructor(message: string, options: BaseErrorOptions) {
    super(message, { code: 'COMMAND_FAILED', ...options })
  }
}

/** Nothing is running where the command needs it. */
export class NotRunningError extends BaseError {
  override name = 'NotRunningError'
  constructor(home: string) {
    super(`Stoa is not running from ${home}.`, {
      code: 'NOT_RUNNING',
      hint: 'Start it in another terminal with "stoa up", or give the folder of a running one with --home.',
      retry: true,
    })
  }
}

/** Exit code for an error: 3 where trying again may help, 1 otherwise. */
export function exitCodeOf(error: unknown): number {
  return error instanceof BaseError && error.retry ? EXIT.retry : EXIT.failed
}
