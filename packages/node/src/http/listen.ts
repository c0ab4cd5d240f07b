import { readFileSync, statSync } from 'node:fs'
import type { Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { NodeConfigurationError } from '../errors.ts'

export type ListenParameters = {
  host: string
  /** 0 for any free one. */
  port: number
  /** PEM files of certificate chain and key, for TLS; read again when they change. Without them HTTP is spoken. */
  tls?: { certFile: string; keyFile: string }
}
export type Listening = {
  url: string
  /** Takes no new connections and lets calls under way finish, for so many milliseconds; 10,000. */
  close(graceMs?: number): Promise<void>
}

/** Headers hold a voucher of 224 characters; a client that needs longer to send them is no client. */
const HEADERS_TIMEOUT_MS = 10_000
/** For a whole request: the largest body in this time is about 1 MB a second. */
const REQUEST_TIMEOUT_MS = 30_000
const CLOSE_GRACE_MS = 10_000
const SWEEP_MS = 50

/** Serves the app over HTTP/1.1. Rejects when the address is taken. */
export async function listen(app: Hono, { host, port, tls }: ListenParameters): Promise<Listening> {
  const serverOptions = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxHeaderSize: 16_384,
    keepAliveTimeout: 60_000,
  }
  // `Response` becomes one that keeps a body that is there already as it is: through a stream it takes three times as long.
  const common = { fetch: app.fetch }
  const server = tls
    ? (createAdaptorServer({
        ...common,
        createServer: createSecureServer,
        serverOptions: { ...serverOptions, ...readTls(tls) },
      }) as SecureServer)
    : (createAdaptorServer({ ...common, serverOptions }) as Server)
  const watch = tls && 'setSecureContext' in server ? followCertificate(server, tls) : undefined
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
    clearInterval(watch)
    clearTimeout(grace)
  }
  return {
    url: `${tls ? 'https' : 'http'}://${name}:${address.port}`,
    close(graceMs = CLOSE_GRACE_MS) {
      closing ??= close(graceMs)
      return closing
    },
  }
}

type Tls = NonNullable<ListenParameters['tls']>

/** Milliseconds between looks whether the certificate was renewed. */
const CERTIFICATE_MS = 60_000

function readTls({ certFile, keyFile }: Tls): { cert: Buffer; key: Buffer } {
  try {
    return { cert: readFileSync(certFile), key: readFileSync(keyFile) }
  } catch (cause) {
    throw new NodeConfigurationError('The certificate of the endpoint can’t be read.', {
      code: 'TLS_FILES',
      details: cause instanceof Error ? cause.message : String(cause),
      hint: 'Give the PEM files of certificate chain and key, readable by the node.',
      cause,
    })
  }
}

/** Takes a renewed certificate for new connections. One that is half written is left for the next look. */
function followCertificate(server: SecureServer, tls: Tls): NodeJS.Timeout {
  const changedAt = () => Math.max(statSync(tls.certFile).mtimeMs, statSync(tls.keyFile).mtimeMs)
  let known = changedAt()
  const look = () => {
    try {
      const now = changedAt()
      if (now === known) return
      server.setSecureContext(readTls(tls))
      known = now
    } catch {
      // The files are being replaced: the present certificate stays.
    }
  }
  return setInterval(look, CERTIFICATE_MS).unref()
}
