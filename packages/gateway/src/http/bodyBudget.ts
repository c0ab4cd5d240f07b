import type { MiddlewareHandler } from 'hono'
import { TooManyBytesError } from '../errors.ts'
import type { Limits } from '../settings.ts'
import type { Env } from './context.ts'

/**
 * Keeps the bodies of all requests together below `bodyBytesAtOnce`, from before they are read until the answer begins: one that states its length counts as long as it says, one that states none as
 * the longest. A call for which nothing is left is refused (`TooManyBytesError`) before a byte of it is read.
 */
export function bodyBudget({ bodyBytes, bodyBytesAtOnce }: Pick<Limits, 'bodyBytes' | 'bodyBytesAtOnce'>) {
  let held = 0
  const budget: MiddlewareHandler<Env> = async (c, next) => {
    const stated = Number(c.req.header('content-length'))
    const bytes = stated >= 0 && stated <= bodyBytes ? stated : bodyBytes
    // One that is alone is read, however small the budget is.
    if (held > 0 && held + bytes > bodyBytesAtOnce) throw new TooManyBytesError(bodyBytesAtOnce)
    held += bytes
    try {
      await next()
    } finally {
      held -= bytes
    }
  }
  return budget
}
