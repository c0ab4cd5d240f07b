import type { Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import type { NodeLogger } from '../events.ts'
import { openCertificate, type TlsFiles } from './certificate.ts'

export type ListenParameters = {
  host: string
  /** 0 for any free one. */
  port: number
  /** For TLS; what takes the place of the files is taken up. Without them HTTP is spoken. */
  tls?: TlsFiles
}
export type Listening = {
  url: string
  /** Takes no new connections and lets calls under way finish, for so many milliseconds; 10,000. */
  close(graceMs?: number): Promise<void>
  /** What its operator should do something about. */
  warnings(): readonly string[]
}

/** Headers hold a voucher of 224 characters; a client that needs longer to send them is no client. */
const HEADERS_TIMEOUT_MS = 10_000
/** For a whole request: the largest body in this time is about 1 MB a second. */
const REQUEST_TIMEOUT_MS = 30_000
const CLOSE_GRACE_MS = 10_000
const SWEEP_MS = 50

/** Serves the app over HTTP/1.1. Rejects when the address is taken, and with `NodeConfigurationError` for a certificate that can't be used. */
export async function listen(
  app: Hono,
  { host, port, tls }: ListenParameters,
  logger?: NodeLogger,
): Promise<Listening> {
  const certificate = tls && openCertificate(tls, logger)
  const serverOptions = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxHeaderSize: 16_384,
    keepAliveTimeout: 60_000,
  }
  // `Response` becomes one that keeps a body that is there already as it is: through a stream it takes three times as long.
  const common = { fetch: app.fetch }
  const server = certificate
    ? (createAdaptorServer({
        ...common,
        createServer: createSecureServer,
        serverOptions: { ...serverOptions, ...certificate.pair },
      }) as SecureServer)
    : (createAdaptorServer({ ...common, serverOptions }) as Server)
  const unfollow = 'setSecureContext' in server ? certificate?.follow(server) : undefined
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  let closing: Promise<void> | undefined
  const close = async (graceMs: number) => {
    const closed = new Promise((resolve) => server.close(resolve))
    // A connection whose last answer has left would be kept alive for the next call.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
    const grace = setTimeout(() => server.closeAllConnections(), graceMs)
    await closed
    clearInterval(sweep)
    unfollow?.()
    clearTimeout(grace)
  }
  return {
    url: `${tls ? 'https' : 'http'}://${name}:${address.port}`,
    close(graceMs = CLOSE_GRACE_MS) {
      closing ??= close(graceMs)
      return closing
    },
    warnings: () => certificate?.warnings() ?? [],
  }
}
