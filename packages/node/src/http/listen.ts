import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'

export type ListenParameters = { host: string /** 0 for any free one. */; port: number }
export type Listening = { url: string /** Lets calls under way finish, for some seconds. */; close(): Promise<void> }

/** Headers hold a voucher of 224 characters; a client that needs longer to send them is no client. */
const HEADERS_TIMEOUT_MS = 10_000
/** For a whole request: the largest body in this time is about 1 MB a second. */
const REQUEST_TIMEOUT_MS = 30_000
const CLOSE_GRACE_MS = 10_000
const SWEEP_MS = 50

/** Serves the app over HTTP/1.1. Rejects when the address is taken. */
export async function listen(app: Hono, { host, port }: ListenParameters): Promise<Listening> {
  const serverOptions = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxHeaderSize: 16_384,
    keepAliveTimeout: 60_000,
  }
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions, overrideGlobalObjects: false }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  let closing: Promise<void> | undefined
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    // A connection whose last answer has left would be kept alive for the next call.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
    const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
    await closed
    clearInterval(sweep)
    clearTimeout(grace)
  }
  return {
    url: `http://${name}:${address.port}`,
    close() {
      closing ??= close()
      return closing
    },
  }
}
