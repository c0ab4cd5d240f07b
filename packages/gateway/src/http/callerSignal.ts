import type { Context } from 'hono'
import type { Env } from './context.ts'

/** Aborts when the caller hangs up before it has its answer. Watches the socket: Request's own signal would cost a full Request. */
export function callerSignal({ env }: Context<Env>): AbortSignal {
  const controller = new AbortController()
  const outgoing = env?.outgoing
  outgoing?.once('close', () => {
    if (!outgoing.writableFinished) controller.abort(new DOMException('The caller hung up.', 'AbortError'))
  })
  return controller.signal
}
