import type { AsyncLocalStorage } from 'node:async_hooks'
import { REQUEST_ID_HEADER, requestIdOf } from '@stoa/protocol'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Logger } from '../logger.ts'
import type { Env } from './context.ts'

/** Names every request by its caller's id or a new one, in what is logged meanwhile and in the answer, and tells when it is done. */
export function requestIds(requests: AsyncLocalStorage<string>, logger: Logger): MiddlewareHandler<Env> {
  return async (c, next) => {
    const id = requestIdOf(c.req.header(REQUEST_ID_HEADER))
    const startedAt = performance.now()
    await requests.run(id, async () => {
      await next()
      const route = matchedRoutes(c).findLast(({ path }) => !path.includes('*'))?.path ?? 'unknown'
      logger({ type: 'request', route, status: c.res.status, ms: performance.now() - startedAt })
    })
    // `c.header` would make the answer anew, body and all.
    c.res.headers.set(REQUEST_ID_HEADER, id)
  }
}
