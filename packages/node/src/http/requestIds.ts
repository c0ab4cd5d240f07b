import type { AsyncLocalStorage } from 'node:async_hooks'
import { REQUEST_ID_HEADER, requestIdOf } from '@stoa/protocol'
import type { MiddlewareHandler } from 'hono'

/** Names every request by its caller's id or a new one, in what is logged meanwhile and in the answer. */
export function requestIds(requests: AsyncLocalStorage<string>): MiddlewareHandler {
  return async (c, next) => {
    const id = requestIdOf(c.req.header(REQUEST_ID_HEADER))
    await requests.run(id, next)
    // `c.header` would make the answer anew, body and all.
    c.res.headers.set(REQUEST_ID_HEADER, id)
  }
}
