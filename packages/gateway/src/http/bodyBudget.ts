import type { MiddlewareHandler } from 'hono'
import { TooManyBytesError } from '../errors.ts'
import type { Limits } from '../settings.ts'
import type { Env } from './context.ts'

/**
 * Keeps the bodies of all requests together below `bodyBytesAtOnce`, until the answer begins: one that states its length counts as long as it says from before it is read, one that states none as
 * far as it was read. A call for which nothing is left is refused (`TooManyBytesError`).
 */
export function bodyBudget({ bodyBytes, bodyBytesAtOnce }: Pick<Limits, 'bodyBytes' | 'bodyBytesAtOnce'>) {
  let held = 0
  const budget: MiddlewareHandler<Env> = async (c, next) => {
    let own = 0
    const take = (bytes: number) => {
      // One that is alone is read, however small the budget is.
      if (held > own && held + bytes > bodyBytesAtOnce) throw new TooManyBytesError(bodyBytesAtOnce)
      held += bytes
      own += bytes
    }
    const stated = c.req.header('content-length')
    // One that is too long is refused by its length.
    if (stated !== undefined) take(Math.min(Number(stated) || 0, bodyBytes))
    else if (c.req.raw.body) c.req.raw = counted(c.req.raw, c.req.raw.body, take)
    try {
      await next()
    } finally {
      held -= own
    }
  }
  return budget
}

/** The request, whose body ends with what `take` throws. */
function counted(request: Request, body: ReadableStream<Uint8Array>, take: (bytes: number) => void): Request {
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, to) {
      take(chunk.length)
      to.enqueue(chunk)
    },
  })
  const init: RequestInit & { duplex: 'half' } = { body: body.pipeThrough(count), duplex: 'half' }
  return new Request(request, init)
}
