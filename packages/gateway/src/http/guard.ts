import { timingSafeEqual } from 'node:crypto'
import { sha256 } from '@stoa/protocol'
import type { MiddlewareHandler } from 'hono'
import { GatewayError } from '../errors.ts'
import type { KeyBook } from '../keys/openKeyBook.ts'
import type { Env } from './context.ts'

/** Who may use the endpoint. It spends money. */
export type HttpAccess = {
  /** Bearer key that callers must show; without it whoever reaches the socket may call. */
  apiKey?: string
  /** Names, besides loopback's, under which the endpoint is reached: the host of `Host`, without port. */
  allowedHosts?: readonly string[]
  /** Web origins whose pages may call. None by default: no web page may spend the deposit. */
  allowedOrigins?: readonly string[]
}

/** Hosts that always mean this machine (RFC 6761 for `localhost`). */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1'
}

/** Refuses requests by other names than this machine's and those that are given: a stranger's name can be made to lead here (DNS rebinding). */
export function requireKnownHost({ allowedHosts = [] }: HttpAccess): MiddlewareHandler<Env> {
  const hosts = new Set(allowedHosts.map((host) => host.toLowerCase()))
  return async (c, next) => {
    const host = hostOf(c.req.header('host') ?? new URL(c.req.url).host)
    if (!isLoopback(host) && !hosts.has(host)) throw new HostRefusedError(host)
    await next()
  }
}

/** How keys of callers begin (specs/keys.md); what OpenAI clients send for want of a key does not. */
const KEY_START = 'stoa_'

/**
 * Refuses what a browser could be tricked into sending: other names in `Host` (DNS rebinding) and pages of other origins (CSRF). Then
 * asks for the owner's key, or one of those that `keys` knows, whose id is left for the handlers.
 */
export function guard(access: HttpAccess, keys?: Pick<KeyBook, 'find'>): MiddlewareHandler<Env> {
  const { apiKey, allowedOrigins = [] } = access
  const requireHost = requireKnownHost(access)
  const origins = new Set(allowedOrigins)
  const wanted = apiKey === undefined ? undefined : sha256(Buffer.from(`Bearer ${apiKey}`))
  return (c, next) =>
    requireHost(c, async () => {
      const origin = c.req.header('origin')
      const isForeign = origin === undefined ? c.req.header('sec-fetch-site') === 'cross-site' : !origins.has(origin)
      if (isForeign) throw new OriginRefusedError(origin ?? 'another site')
      // Whether it works is for everybody who reaches it.
      if (c.req.path === '/health') return next()
      const shown = c.req.header('authorization') ?? ''
      const isOwner = wanted ? isSame(wanted, shown) : !keys || !shown.startsWith(`Bearer ${KEY_START}`)
      if (!isOwner) {
        const key = keys?.find(shown.replace(/^Bearer /, ''))
        if (!key) throw new UnauthorizedError()
        c.set('key', key.id)
      }
      await next()
    })
}

/** Hashes have one length, so the comparison tells nothing, not even that. */
function isSame(wanted: Uint8Array, shown: string): boolean {
  return timingSafeEqual(wanted, sha256(Buffer.from(shown)))
}

function hostOf(header: string): string {
  return header.toLowerCase().replace(/:\d*$/, '')
}

class HostRefusedError extends GatewayError {
  override name = 'HostRefusedError'
  constructor(host: string) {
    super(`This endpoint is not "${host.slice(0, 120)}".`, {
      code: 'HOST_REFUSED',
      status: 403,
      hint: 'Call it by its loopback address, or add the name to allowedHosts.',
    })
  }
}

class OriginRefusedError extends GatewayError {
  override name = 'OriginRefusedError'
  constructor(origin: string) {
    super(`Web pages of ${origin.slice(0, 120)} may not call this endpoint.`, {
      code: 'ORIGIN_REFUSED',
      status: 403,
      hint: 'Add the origin to allowedOrigins if its pages may spend this deposit.',
    })
  }
}

class UnauthorizedError extends GatewayError {
  override name = 'UnauthorizedError'
  constructor() {
    super('The key is missing or wrong.', {
      code: 'INVALID_API_KEY',
      status: 401,
      hint: 'Send "Authorization: Bearer …" with a key that the owner of the gateway made for you and has not revoked.',
    })
  }
}
