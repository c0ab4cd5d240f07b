import { type Env, GatewayError } from '@stoa/gateway/endpoint'
import type { Handler } from 'hono'

/** What of a request means something to the service behind; where it came from was judged here, and the browser's cookies are nobody's. */
const PASSED_ON = ['content-type', 'accept', 'authorization', 'content-length'] as const
const PASSED_BACK = ['content-type', 'cache-control', 'x-should-retry', 'retry-after'] as const

/** Where to hand it: `headers` go along where the caller does not send such. */
type Target = { name: string; url: string; headers?: Record<string, string> }

/** Hands requests under `prefix` on to another service of this home, and its answer back, as it comes. */
export function forward(prefix: string, target: () => Promise<Target>): Handler<Env> {
  return async (c) => {
    const { name, url, headers = {} } = await target()
    const incoming = new URL(c.req.url)
    const hasBody = c.req.method !== 'GET' && c.req.method !== 'HEAD'
    const waiting = waitingOf(c.req.raw.signal)
    const answer = await fetch(`${url}${incoming.pathname.slice(prefix.length)}${incoming.search}`, {
      method: c.req.method,
      headers: { ...headers, ...picked(PASSED_ON, (header) => c.req.header(header)) },
      redirect: 'manual',
      signal: waiting.signal,
      ...(hasBody && { body: c.req.raw.body, duplex: 'half' }),
    })
      .catch((cause: unknown) => {
        throw new PartUnreachableError(name, cause)
      })
      .finally(waiting.end)
    return new Response(answer.body, {
      status: answer.status,
      headers: picked(PASSED_BACK, (header) => answer.headers.get(header) ?? undefined),
    })
  }
}

/**
 * Aborts when the caller leaves before an answer begins. From then on the server cancels the answer's body, which ends it where it comes from just as well; an abort would be an
 * error of that body, and the server logs those.
 */
function waitingOf(caller: AbortSignal): { signal: AbortSignal; end: () => void } {
  const waiting = new AbortController()
  const leave = () => waiting.abort(caller.reason)
  if (caller.aborted) leave()
  else caller.addEventListener('abort', leave)
  return { signal: waiting.signal, end: () => caller.removeEventListener('abort', leave) }
}

function picked(names: readonly string[], find: (name: string) => string | undefined): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = find(name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** A service of this home that does not answer. */
export class PartUnreachableError extends GatewayError {
  override name = 'PartUnreachableError'
  constructor(part: string, cause?: unknown) {
    super(`The ${part} does not answer.`, {
      code: 'PART_UNREACHABLE',
      status: 502,
      hint: 'Look at the terminal where Stoa runs, or run "npx stoa doctor" in its folder.',
      retry: true,
      cause,
    })
  }
}
