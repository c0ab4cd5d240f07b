import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { GatewayError } from './errors.ts'
import type { Env } from './http/context.ts'
import { type HttpAccess, isLoopback } from './http/guard.ts'

export type ListenParameters = {
  /** Address to listen on; 127.0.0.1. */
  host?: string
  /** 0 for a free one. */
  port: number
}

export type Listening = {
  /** Base URL, to which OpenAI clients add `/v1`. */
  url: string
  /** Takes no new connections, and ends those that are open. */
  close(): Promise<void>
}

/** A caller that has not sent its whole request after this long is cut off. */
const REQUEST_TIMEOUT_MS = 60_000

/**
 * Serves the app. Throws `GatewayError` for an address that other machines reach while no key is asked for: whoever calls spends the
 * deposit.
 */
export async function listen(
  app: Hono<Env>,
  { host = '127.0.0.1', port }: ListenParameters,
  access: HttpAccess,
): Promise<Listening> {
  if (!isLoopback(host) && access.apiKey === undefined)
    throw new GatewayError(`Listening on ${host} lets other machines spend the deposit.`, {
      code: 'KEY_NEEDED',
      status: 500,
      hint: 'Set apiKey, or listen on 127.0.0.1.',
    })
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: { requestTimeout: REQUEST_TIMEOUT_MS } })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}
