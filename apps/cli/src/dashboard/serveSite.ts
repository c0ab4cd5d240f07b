import { type Env, GatewayError } from '@stoa/gateway/endpoint'
import type { Context, Handler, MiddlewareHandler } from 'hono'
import type { Site, SiteFile } from './site.ts'

/**
 * What a page of the dashboard may do: load and call its own origin, nothing else; no script or style in the page itself. Pictures may also be
 * those that a person dropped.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** Headers of every answer, whatever it holds. */
export const secureHeaders: MiddlewareHandler<Env> = async (c, next) => {
  await next()
  c.header('content-security-policy', CONTENT_SECURITY_POLICY)
  c.header('x-content-type-options', 'nosniff')
  c.header('referrer-policy', 'no-referrer')
  c.header('cross-origin-opener-policy', 'same-origin')
  c.header('cross-origin-resource-policy', 'same-origin')
}

/** Names that the build derives from contents: they never change. */
const HASHED = '/assets/'

/** The built dashboard's files; every other path is a page of it. Waits for the build. */
export function serveSite(site: () => Promise<Site>): Handler<Env> {
  return async (c) => {
    const files = await site()
    const { path } = c.req
    const file = files.get(path) ?? (isPage(path) ? pageOf(files, path) : undefined)
    if (!file) throw new NoSuchFileError(path)
    c.header('cache-control', path.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache')
    return send(c, file)
  }
}

/** What the build made for this page, or for those that have nothing of their own. */
function pageOf(files: Site, path: string): SiteFile | undefined {
  return files.get(path === '/' ? '/index.html' : `${path}.html`) ?? files.get('/page.html')
}

function isPage(path: string): boolean {
  return !path.startsWith(HASHED) && !/\.[a-z0-9]+$/.test(path)
}

function send(c: Context<Env>, { type, raw, br, gzip }: SiteFile): Response {
  const accepted = c.req.header('accept-encoding') ?? ''
  const [encoding, body] =
    br && /\bbr\b/.test(accepted)
      ? (['br', br] as const)
      : gzip && /\bgzip\b/.test(accepted)
        ? (['gzip', gzip] as const)
        : ([undefined, raw] as const)
  c.header('content-type', type)
  c.header('vary', 'accept-encoding')
  if (encoding) c.header('content-encoding', encoding)
  return c.body(body)
}

class NoSuchFileError extends GatewayError {
  override name = 'NoSuchFileError'
  constructor(path: string) {
    super(`There is no ${path.slice(0, 200)} here.`, {
      code: 'NOT_FOUND',
      status: 404,
      hint: 'If the page was open while Stoa was updated, reload it.',
    })
  }
}
