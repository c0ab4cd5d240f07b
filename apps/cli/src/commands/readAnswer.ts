import { BaseError, readOutside } from '@stoa/protocol'
import type { z } from 'zod'

/** What answered is no part of this home, or of another release. */
export class UnreadableAnswerError extends BaseError {
  override name = 'UnreadableAnswerError'
  constructor(who: string, details: string) {
    super(`${who} did not answer as this release's does.`, {
      code: 'UNREADABLE_ANSWER',
      details,
      hint: 'Look whether another program has its port, or start Stoa again if another release of it runs.',
    })
  }
}

/** What a running part of the home answered, by `schema`. `who` answered, such as "The gateway". Throws `UnreadableAnswerError`. */
export function readAnswer<T>(schema: z.ZodType<T>, answer: unknown, who: string): T {
  const read = readOutside(schema, answer, 'The answer')
  if (!read.success) throw new UnreadableAnswerError(who, read.words)
  return read.data
}
